import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import { type Credential, tailnet } from "../tailscale/tailnet.ts";
import {
  deleteVipService,
  isApproved,
  putVipService,
  type VipService,
  vipService,
  vipServices,
} from "../tailscale/vip-services.ts";
import type { Props } from "../values.ts";
import { events, note } from "./cluster.ts";
import { finalize, letGo } from "./finalizers.ts";
import { type KubernetesObject, objectAt, objectKey, objects, setStatus } from "./objects.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { deviceName, ingressStatus, isLoadBalancer, tagsOf } from "./proxies.ts";
import { groupOf, invalidity, isExposedOnGroup } from "./group-validity.ts";
import { groupDevices, groupFault } from "./proxy-group.ts";

const UNAPPROVED = "no certificate: the ProxyGroup's devices are not approved to serve the Tailscale Service";

/** The Tailscale Service of each object that a ProxyGroup serves, by the object's key. */
export function groupServices(world: World): Table<string> {
  return world.table("kubernetes.groupServices");
}

/** Whether an object is, or was, for a ProxyGroup to serve. */
export function isForGroup(
  world: World,
  key: string,
  object: KubernetesObject,
  ingressClass: string,
): boolean {
  return groupServices(world).has(key) || isExposedOnGroup(object, ingressClass);
}

/**
 * Puts an Ingress or a Service on its ProxyGroup, or takes it off, in the order of the operator's own source
 * (module tailscale.com, `cmd/k8s-operator/ingress-for-pg.go`, `svc-for-pg.go`).
 *
 * @throws ApiError for what Tailscale refuses
 */
export function serveOnGroup(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  const object = objectAt(world, key);
  const missing = groupFault(world, groupOf(object));
  // Nothing is done without the group, not even to let an object go.
  if (missing !== undefined || credential === undefined || pod.reason !== undefined) {
    note(world, key, missing ?? pod.reason ?? "401 API token invalid");
    return;
  }
  const owner = operatorDevice(world, pod);
  if (
    object.metadata.deletionTimestamp !== undefined ||
    !isExposedOnGroup(object, pod.template.ingressClass)
  ) {
    takeOff(world, credential, owner, key);
    letGo(world, key, finalizerOf(object));
    return;
  }
  const invalid = invalidity(world, object, pod.template.ingressClass);
  if (invalid !== undefined) {
    note(world, key, invalid);
    return;
  }
  finalize(world, key, finalizerOf(object));
  const outcome = expose(world, pod, credential, owner, object, key);
  if ("fault" in outcome) note(world, key, outcome.fault);
  else {
    events(world).delete(key);
    if (outcome.status) setStatus(world, key, outcome.status);
  }
}

function expose(
  world: World,
  pod: OperatorPod,
  credential: Credential,
  owner: string,
  object: KubernetesObject,
  key: string,
): { readonly status: Props | undefined } | { readonly fault: string } {
  const name = `svc:${deviceName(object)}`;
  const tags = tagsOf(object, pod);
  if (groupServices(world).get(key) !== name) takeOff(world, credential, owner, key);
  const present = vipService(world, name);
  if (present !== undefined && present.owner !== owner) {
    const why = "exists, but does not contain owner annotation with owner references";
    return { fault: `InvalidTailscaleService: Tailscale Service ${name} ${why}` };
  }
  const service = putVipService(world, credential, { name, tags, owner });
  if (groupServices(world).get(key) !== name) groupServices(world).set(key, name);

  const hostname = `${deviceName(object)}.${tailnet(world).name}`;
  if (object.kind === "Ingress") {
    const outcome = ingressStatus(world, hostname);
    // The pods advertise nothing until there is a certificate, and only for what they may serve there is.
    return "fault" in outcome || isServed(world, object, service) ? outcome : { fault: UNAPPROVED };
  }
  if (!isLoadBalancer(object)) return { status: undefined };
  return { status: { loadBalancer: { ingress: [{ hostname, ip: service.address }] } } };
}

/**
 * Tailscale Services that have an address, and no device that may serve them. The operator does not look whether
 * it is so (tailscale #17785).
 */
export function unapprovedServices(world: World): string[] {
  return [...groupServices(world)].flatMap(([key, name]) => {
    const [object, service] = [objects(world).get(key), vipServices(world).get(name)];
    return object && service && !isServed(world, object, service) ? [name] : [];
  });
}

function isServed(world: World, object: KubernetesObject, service: VipService): boolean {
  const pods = groupDevices(world, groupOf(object));
  return pods.some((device) => isApproved(world, service, device));
}

/** Deletes an object's Tailscale Service, if this operator made it. */
function takeOff(world: World, credential: Credential, owner: string, key: string): void {
  const name = groupServices(world).get(key);
  if (name === undefined) return;
  if (vipService(world, name)?.owner === owner) deleteVipService(world, credential, name);
  groupServices(world).delete(key);
}

function finalizerOf({ kind }: KubernetesObject): string {
  return `tailscale.com/${kind.toLowerCase()}-pg-finalizer`;
}

/** The operator knows its Tailscale Services by its own device, which its state Secret remembers. */
function operatorDevice(world: World, { namespace }: OperatorPod): string {
  return objectAt(world, objectKey("Secret", namespace, "operator")).data?.["device_id"] ?? "";
}
