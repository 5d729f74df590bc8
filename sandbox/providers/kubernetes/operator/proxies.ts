import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import {
  type Credential,
  devices,
  joinDevice,
  mintAuthKey,
  removeDevice,
  renameDevice,
  tailnet,
} from "../../tailscale/tailnet.ts";
import type { Props } from "../../values.ts";
import { annotation, keyOf, type KubernetesObject, objects, stringAt } from "../api-server/objects.ts";
import { podSecurityViolation } from "../api-server/pod-security.ts";
import { deviceName, isLoadBalancer, tagsOf } from "./exposed-object.ts";
import { hasBackend } from "./ingress-backends.ts";
import { ingressStatus } from "./ingress-status.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { classNotReadyReason, proxyClassOf } from "./proxy-class.ts";

/** Device of each object that has a proxy of its own, by the object's key. */
export function proxyDevices(world: World): Table<string> {
  return world.table("kubernetes.proxies");
}

/** Whether the operator exposes an object with a proxy of its own (`ingress.go`, `svc.go`: shouldExpose). */
export function isExposed(object: KubernetesObject, ingressClass: string): boolean {
  if (annotation(object, "tailscale.com/proxy-group") !== undefined) return false;
  if (object.kind === "Ingress") return stringAt(object.spec, "ingressClassName") === ingressClass;
  return (
    object.kind === "Service" &&
    (isLoadBalancer(object) || annotation(object, "tailscale.com/expose") === "true")
  );
}

/**
 * Starts the proxy of an exposed object and joins it to the tailnet, with the checks and in the order of the
 * operator's source (module tailscale.com, `cmd/k8s-operator/ingress.go`, `svc.go`, `sts.go`).
 *
 * @returns the object's new status, undefined if it keeps its own, or the reason why there is none
 */
export function provision(
  world: World,
  pod: OperatorPod,
  credential: Credential,
  object: KubernetesObject,
): { readonly status: Props | undefined } | { readonly reason: string } {
  if (object.kind === "Ingress" && !hasBackend(world, object))
    return { reason: "NoValidBackends: no valid backends" };
  if (stringAt(object.spec, "clusterIP") === "None")
    return { reason: "INVALIDSERVICE: headless Services are not supported" };
  const waiting = classNotReadyReason(world, proxyClassOf(object, pod.template));
  if (waiting !== undefined) return { reason: waiting };
  const privilege = routesPackets(object) ? "privileged" : "unprivileged";
  const violation = podSecurityViolation(world, pod.namespace, privilege);
  if (violation !== undefined) return { reason: `FailedCreate: ${violation}` };

  const device = proxyDevices(world).get(keyOf(object)) ?? join(world, pod, credential, object);
  if (typeof device !== "string") return device;
  const hostname = `${devices(world).get(device)?.name ?? deviceName(object)}.${tailnet(world).name}`;
  if (object.kind === "Ingress") return ingressStatus(world, hostname);
  // The status of an annotated Service belongs to the controller that gives it an address.
  if (!isLoadBalancer(object)) return { status: undefined };
  return { status: { loadBalancer: { ingress: [{ hostname }, { ip: address(device) }] } } };
}

/**
 * Has the running proxies take the names that their objects request now. A proxy does that after it has read its new
 * configuration, so until then the status keeps the old name (`cmd/k8s-operator/sts.go`: DeviceInfo). Nothing takes time in the
 * model, so this happens between two runs.
 */
export function renameProxies(world: World): void {
  for (const [key, device] of [...proxyDevices(world)]) {
    const [object, { name } = {}] = [objects(world).get(key), devices(world).get(device)];
    if (object === undefined || name === undefined) continue;
    const wanted = deviceName(object);
    // A device keeps a name such as edge-1 as long as the object requests edge.
    if (!hasRequestedName(name, wanted)) renameDevice(world, device, wanted);
  }
}

/** Removes the proxy of an object. @throws ApiError if the credential must not remove devices */
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
): string | { readonly reason: string } {
  const tags = tagsOf(object, pod.template);
  try {
    mintAuthKey(world, credential, tags);
  } catch (error) {
    return { reason: `failed to provision: ${(error as Error).message}` };
  }
  const key = keyOf(object);
  const device = joinDevice(world, { name: deviceName(object), tags, owner: `proxy ${key}` });
  proxyDevices(world).set(key, device);
  return device;
}

function hasRequestedName(name: string, wanted: string): boolean {
  return name === wanted || (name.startsWith(`${wanted}-`) && /^\d+$/.test(name.slice(wanted.length + 1)));
}

/** A proxy that routes packets is privileged: its init container enables forwarding (`sts.go`). */
function routesPackets(object: KubernetesObject): boolean {
  const forwards = "tailscale.com/experimental-forward-cluster-traffic-via-ingress";
  return object.kind === "Service" || annotation(object, forwards) === "true";
}

/** An address of the tailnet's range, by the device's serial number. */
function address(device: string): string {
  const serial = Number(device.slice("node-".length));
  return `100.64.${Math.floor(serial / 256)}.${serial % 256}`;
}
