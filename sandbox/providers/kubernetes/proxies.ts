import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import {
  type Credential,
  devices,
  joinDevice,
  mintAuthKey,
  removeDevice,
  renameDevice,
  tailnet,
} from "../tailscale/tailnet.ts";
import { at, isRecord, type Props } from "../values.ts";
import { annotation, keyOf, type KubernetesObject, objectKey, objects, textAt } from "./objects.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { forbiddenBy } from "./pod-security.ts";

/** Device of each exposed object, by the object's key. */
export function proxyDevices(world: World): Table<string> {
  return world.table("kubernetes.proxies");
}

/** Whether an operator exposes an object (`cmd/k8s-operator/ingress.go`, `svc.go`: shouldExpose). */
export function isExposed(object: KubernetesObject, ingressClass: string): boolean {
  if (annotation(object, "tailscale.com/proxy-group") !== undefined) return false;
  if (object.kind === "Ingress") return textAt(object.spec, "ingressClassName") === ingressClass;
  return (
    object.kind === "Service" &&
    (isLoadBalancer(object) || annotation(object, "tailscale.com/expose") === "true")
  );
}

/**
 * Brings the proxy of an exposed object up, in the order of the operator's own source.
 *
 * @returns the status that the object gets, undefined if it keeps its own, or why it gets none
 */
export function provision(
  world: World,
  pod: OperatorPod,
  credential: Credential,
  object: KubernetesObject,
): { readonly status: Props | undefined } | { readonly fault: string } {
  if (object.kind === "Ingress" && !hasBackend(world, object))
    return { fault: "NoValidBackends: no valid backends" };
  if (textAt(object.spec, "clusterIP") === "None")
    return { fault: "INVALIDSERVICE: headless Services are not supported" };
  const forbidden = forbiddenBy(world, pod.namespace, routesPackets(object) ? "privileged" : "unprivileged");
  if (forbidden !== undefined) return { fault: `FailedCreate: ${forbidden}` };

  const device = proxyDevices(world).get(keyOf(object)) ?? join(world, pod, credential, object);
  if (typeof device !== "string") return device;
  const wanted = deviceName(object);
  const { name } = devices(world).get(device) ?? { name: wanted };
  // The proxy reports its name anew only when another one is asked for.
  if (!isNamed(name, wanted)) renameDevice(world, device, wanted);

  const hostname = `${devices(world).get(device)?.name ?? wanted}.${tailnet(world).name}`;
  if (object.kind === "Service") {
    // Of a Service that is only annotated the status belongs to whoever gives it an address.
    if (!isLoadBalancer(object)) return { status: undefined };
    return { status: { loadBalancer: { ingress: [{ hostname }, { ip: address(device) }] } } };
  }
  return ingressStatus(world, hostname);
}

/** What an Ingress gets that is served by that name: nothing without certificates. */
export function ingressStatus(
  world: World,
  hostname: string,
): { readonly status: Props } | { readonly fault: string } {
  const { magicDns, settings } = tailnet(world);
  if (!magicDns || settings["httpsEnabled"] !== true) {
    return { fault: "HTTPSNotEnabled: HTTPS is not enabled on the tailnet; ingress may not work" };
  }
  const ports = [{ port: 443, protocol: "TCP" }];
  return { status: { loadBalancer: { ingress: [{ hostname, ports }] } } };
}

/** The tags of what serves an object: its own, or the operator's default. */
export function tagsOf(object: KubernetesObject, { template }: OperatorPod): readonly string[] {
  return annotation(object, "tailscale.com/tags")?.split(",") ?? template.proxyTags;
}

/** Takes the proxy of an object down. @throws ApiError if the credential may not remove devices */
export function deprovision(world: World, credential: Credential, key: string): void {
  const device = proxyDevices(world).get(key);
  if (device === undefined) return;
  removeDevice(world, credential, device);
  proxyDevices(world).delete(key);
}

function join(
  world: World,
  pod: OperatorPod,
  credential: Credential,
  object: KubernetesObject,
): string | { readonly fault: string } {
  const tags = tagsOf(object, pod);
  try {
    mintAuthKey(world, credential, tags);
  } catch (error) {
    return { fault: `failed to provision: ${(error as Error).message}` };
  }
  const key = keyOf(object);
  const device = joinDevice(world, { name: deviceName(object), tags, owner: `proxy ${key}` });
  proxyDevices(world).set(key, device);
  return device;
}

/** `cmd/k8s-operator/ingress.go` hostnameForIngress, `svc.go` nameForService. */
export function deviceName(object: KubernetesObject): string {
  const { name, namespace = "default" } = object.metadata;
  if (object.kind === "Service")
    return annotation(object, "tailscale.com/hostname") ?? `${namespace}-${name}`;
  const host = at(object.spec, ["tls", 0, "hosts", 0]);
  return typeof host === "string" ? (host.split(".")[0] ?? host) : `${namespace}-${name}-ingress`;
}

function isNamed(name: string, wanted: string): boolean {
  return name === wanted || (name.startsWith(`${wanted}-`) && /^\d+$/.test(name.slice(wanted.length + 1)));
}

/** Privileged, with an init container that switches forwarding on (`cmd/k8s-operator/sts.go`). */
function routesPackets(object: KubernetesObject): boolean {
  const forwards = "tailscale.com/experimental-forward-cluster-traffic-via-ingress";
  return object.kind === "Service" || annotation(object, forwards) === "true";
}

export function isLoadBalancer({ spec }: KubernetesObject): boolean {
  return textAt(spec, "type") === "LoadBalancer" && textAt(spec, "loadBalancerClass") === "tailscale";
}

/** Whether one backend of the Ingress is a Service that it can reach: same namespace, a ClusterIP, the port. */
function hasBackend(world: World, { spec, metadata }: KubernetesObject): boolean {
  const rules = (at(spec, ["rules"]) as readonly unknown[] | undefined) ?? [];
  const tlsHost = at(spec, ["tls", 0, "hosts", 0]);
  const ofRules = rules
    .filter((rule) => [undefined, "", tlsHost].includes(at(rule, ["host"]) as string | undefined))
    .flatMap((rule) => (at(rule, ["http", "paths"]) as readonly unknown[] | undefined) ?? [])
    .map((path) => at(path, ["backend", "service"]));
  return [at(spec, ["defaultBackend", "service"]), ...ofRules].some((backend) => {
    const name = textAt(backend, "name");
    if (name === undefined) return false;
    const service = objects(world).get(objectKey("Service", metadata.namespace, name));
    const clusterIP = textAt(service?.spec, "clusterIP");
    if (service === undefined || clusterIP === undefined || clusterIP === "None") return false;
    const port = at(backend, ["port"]);
    if (!isRecord(port)) return false;
    const ports = (at(service.spec, ["ports"]) as readonly unknown[] | undefined) ?? [];
    return port["name"] === undefined
      ? Number(port["number"] ?? 0) > 0
      : ports.some((one) => textAt(one, "name") === port["name"]);
  });
}

/** An address of the tailnet's range, by the device's serial number. */
function address(device: string): string {
  const serial = Number(device.slice("node-".length));
  return `100.64.${Math.floor(serial / 256)}.${serial % 256}`;
}
