import type { World } from "../../../world/world.ts";
import { valueAt } from "../../values.ts";
import {
  annotation,
  keyOf,
  type KubernetesObject,
  objectAt,
  objectKey,
  objects,
  stringAt,
} from "../api-server/objects.ts";
import { deviceName, isLoadBalancer } from "./exposed-object.ts";

/** The ProxyGroup that an object's annotation names; empty if there is none. */
export function groupOf(object: KubernetesObject): string {
  return annotation(object, "tailscale.com/proxy-group") ?? "";
}

/**
 * Whether the operator exposes an object on a ProxyGroup (module tailscale.com,
 * `cmd/k8s-operator/ingress-for-pg.go`, `svc-for-pg.go`: shouldExpose).
 */
export function isExposedOnGroup(object: KubernetesObject, ingressClass: string): boolean {
  if (groupOf(object) === "") return false;
  if (object.kind === "Ingress") return stringAt(object.spec, "ingressClassName") === ingressClass;
  const clusterIP = stringAt(object.spec, "clusterIP");
  if (object.kind !== "Service" || clusterIP === undefined || clusterIP === "None") return false;
  return isLoadBalancer(object) || annotation(object, "tailscale.com/expose") === "true";
}

/** Why the operator rejects an object; undefined if it is valid (validateIngress, validateService). */
export function invalidReason(
  world: World,
  object: KubernetesObject,
  ingressClass: string,
): string | undefined {
  const group = groupOf(object);
  const type = stringAt(objectAt(world, objectKey("ProxyGroup", undefined, group)).spec, "type") ?? "";
  const hostname = deviceName(object);
  const tls = (valueAt(object.spec, ["tls"]) ?? []) as readonly { readonly hosts?: readonly string[] }[];
  const hasDuplicate = [...objects(world).values()].some(
    (other) =>
      other.kind === object.kind &&
      keyOf(other) !== keyOf(object) &&
      isExposedOnGroup(other, ingressClass) &&
      deviceName(other) === hostname,
  );
  const errors = [
    ...(type === "ingress"
      ? []
      : [`ProxyGroup "${group}" is of type "${type}" but must be of type "ingress"`]),
    ...(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(hostname) ? [] : [`invalid hostname "${hostname}"`]),
    ...(tls.length > 1 || (tls[0]?.hosts ?? []).length > 1
      ? ["only a single TLS entry with a single host is allowed"]
      : []),
    ...(hasDuplicate ? [`found duplicate ${object.kind} for hostname "${hostname}"`] : []),
  ];
  if (errors.length === 0) return undefined;
  const event = object.kind === "Ingress" ? "InvalidIngressConfiguration" : "IngressSvcInvalid";
  return `${event}: ${errors.join("; ")}`;
}
