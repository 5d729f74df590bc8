import { valueAt } from "../../values.ts";
import { annotation, type KubernetesObject, stringAt } from "../api-server/objects.ts";
import type { OperatorTemplate } from "./operator-template.ts";

/**
 * The device name that an object requests (module tailscale.com, `cmd/k8s-operator/ingress.go`:
 * hostnameForIngress, `svc.go`: nameForService).
 */
export function deviceName(object: KubernetesObject): string {
  const { name, namespace = "default" } = object.metadata;
  if (object.kind === "Service")
    return annotation(object, "tailscale.com/hostname") ?? `${namespace}-${name}`;
  const host = valueAt(object.spec, ["tls", 0, "hosts", 0]);
  return typeof host === "string" ? (host.split(".")[0] ?? host) : `${namespace}-${name}-ingress`;
}

/** The tags of the device or Tailscale Service of an object: its own, or the operator's default. */
export function tagsOf(object: KubernetesObject, { proxyTags }: OperatorTemplate): readonly string[] {
  return annotation(object, "tailscale.com/tags")?.split(",") ?? proxyTags;
}

/** Whether a Service is of the operator's load balancer class. */
export function isLoadBalancer({ spec }: KubernetesObject): boolean {
  return stringAt(spec, "type") === "LoadBalancer" && stringAt(spec, "loadBalancerClass") === "tailscale";
}
