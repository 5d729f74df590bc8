import type { World } from "../../world/world.ts";
import { at } from "../values.ts";
import { annotation, keyOf, type KubernetesObject, objectAt, objectKey, objects, textAt } from "./objects.ts";
import { deviceName, isLoadBalancer } from "./proxies.ts";

/** The ProxyGroup that an object asks for; empty if it asks for none. */
export function groupOf(object: KubernetesObject): string {
  return annotation(object, "tailscale.com/proxy-group") ?? "";
}

/** Whether a ProxyGroup is to serve an object (`ingress-for-pg.go`, `svc-for-pg.go`: shouldExpose). */
export function isExposedOnGroup(object: KubernetesObject, ingressClass: string): boolean {
  if (groupOf(object) === "") return false;
  if (object.kind === "Ingress") return textAt(object.spec, "ingressClassName") === ingressClass;
  const clusterIP = textAt(object.spec, "clusterIP");
  if (object.kind !== "Service" || clusterIP === undefined || clusterIP === "None") return false;
  return isLoadBalancer(object) || annotation(object, "tailscale.com/expose") === "true";
}

/** What the operator refuses of an object (validateIngress, validateService). */
export function invalidity(world: World, object: KubernetesObject, ingressClass: string): string | undefined {
  const group = groupOf(object);
  const type = textAt(objectAt(world, objectKey("ProxyGroup", undefined, group)).spec, "type") ?? "";
  const hostname = deviceName(object);
  const tls = (at(object.spec, ["tls"]) ?? []) as readonly { readonly hosts?: readonly string[] }[];
  const duplicate = [...objects(world).values()].some(
    (other) =>
      other.kind === object.kind &&
      keyOf(other) !== keyOf(object) &&
      isExposedOnGroup(other, ingressClass) &&
      deviceName(other) === hostname,
  );
  const why = [
    ...(type === "ingress"
      ? []
      : [`ProxyGroup "${group}" is of type "${type}" but must be of type "ingress"`]),
    ...(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/i.test(hostname) ? [] : [`invalid hostname "${hostname}"`]),
    ...(tls.length > 1 || (tls[0]?.hosts ?? []).length > 1
      ? ["only a single TLS entry with a single host is allowed"]
      : []),
    ...(duplicate ? [`found duplicate ${object.kind} for hostname "${hostname}"`] : []),
  ];
  if (why.length === 0) return undefined;
  const reason = object.kind === "Ingress" ? "InvalidIngressConfiguration" : "IngressSvcInvalid";
  return `${reason}: ${why.join("; ")}`;
}
