import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import { type Credential, tailnet } from "../../tailscale/tailnet.ts";
import {
  deleteVipService,
  isApproved,
  putVipService,
  type VipService,
  vipService,
  vipServices,
} from "../../tailscale/vip-services.ts";
import type { Props } from "../../values.ts";
import { events, recordEvent } from "../api-server/events.ts";
import { type KubernetesObject, objectAt, objectKey, objects, setStatus } from "../api-server/objects.ts";
import { removeOnceStopped } from "./cleanup.ts";
import { deviceName, isLoadBalancer, tagsOf } from "./exposed-object.ts";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import { groupOf, invalidReason, isExposedOnGroup } from "./group-validity.ts";
import { ingressStatus } from "./ingress-status.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { groupDevices, groupNotReadyReason } from "./proxy-group.ts";

const UNAPPROVED = "no certificate: the ProxyGroup's devices are not approved to serve the Tailscale Service";

/** Name of the Tailscale Service of each object on a ProxyGroup, by the object's key. */
export function groupServices(world: World): Table<string> {
  return world.table("kubernetes.groupServices");
}

/** Whether a ProxyGroup serves an object, or did so until now. */
export function isServedByGroup(
  world: World,
  key: string,
  object: KubernetesObject,
  ingressClass: string,
): boolean {
  return groupServices(world).has(key) || isExposedOnGroup(object, ingressClass);
}

/**
 * Creates or deletes the Tailscale Service of an Ingress or a Service on a ProxyGroup, in the order of the
 * operator's source (module tailscale.com, `cmd/k8s-operator/ingress-for-pg.go`, `svc-for-pg.go`).
 *
 * @throws ApiError for what Tailscale refuses
 */
export function reconcileOnGroup(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  const object = objectAt(world, key);
  const notReady = groupNotReadyReason(world, groupOf(object));
  // Without the group the operator does nothing, so a deleted object keeps its finalizer.
  if (notReady !== undefined || credential === undefined || pod.reason !== undefined) {
    recordEvent(world, key, notReady ?? pod.reason ?? "401 API token invalid");
    return;
  }
  const { ingressClass } = pod.template;
  const owner = operatorDevice(world, pod);
  if (object.metadata.deletionTimestamp !== undefined || !isExposedOnGroup(object, ingressClass)) {
    removeOnceStopped(world, key, groupServices(world).has(key), () => {
      removeVipService(world, credential, owner, key);
      removeFinalizer(world, key, finalizerOf(object));
    });
    return;
  }
  const invalid = invalidReason(world, object, ingressClass);
  if (invalid !== undefined) {
    recordEvent(world, key, invalid);
    return;
  }
  addFinalizer(world, key, finalizerOf(object));
  const outcome = expose(world, pod, credential, owner, object, key);
  if ("reason" in outcome) recordEvent(world, key, outcome.reason);
  else {
    events(world).delete(key);
    if (outcome.status) setStatus(world, key, outcome.status);
  }
}

function expose(
  world: World,
  { template }: OperatorPod,
  credential: Credential,
  owner: string,
  object: KubernetesObject,
  key: string,
): { readonly status: Props | undefined } | { readonly reason: string } {
  const name = `svc:${deviceName(object)}`;
  const tags = tagsOf(object, template);
  if (groupServices(world).get(key) !== name) removeVipService(world, credential, owner, key);
  const present = vipService(world, name);
  if (present !== undefined && present.owner !== owner) {
    const problem = "exists, but does not contain owner annotation with owner references";
    return { reason: `InvalidTailscaleService: Tailscale Service ${name} ${problem}` };
  }
  const service = putVipService(world, credential, { name, tags, owner });
  if (groupServices(world).get(key) !== name) groupServices(world).set(key, name);

  const hostname = `${deviceName(object)}.${tailnet(world).name}`;
  if (object.kind === "Ingress") {
    const outcome = ingressStatus(world, hostname);
    // The pods advertise the service only with a certificate, which they get only for an approved service.
    return "reason" in outcome || isServed(world, object, service) ? outcome : { reason: UNAPPROVED };
  }
  if (!isLoadBalancer(object)) return { status: undefined };
  return { status: { loadBalancer: { ingress: [{ hostname, ip: service.address }] } } };
}

/** Tailscale Services that have an address, but no device that serves them, by name with the reason. */
export function offlineServices(world: World): [name: string, reason: string][] {
  return [...groupServices(world)].flatMap(([key, name]): [string, string][] => {
    const [object, service] = [objects(world).get(key), vipServices(world).get(name)];
    if (object === undefined || service === undefined) return [];
    // The operator writes a configuration for Ingresses only (tailscale #18186; `svc-for-pg.go`, versions 1.96.5 and 1.103).
    if (object.kind === "Service") return [[name, "its ProxyGroup's devices have no configuration for it"]];
    // The operator does not check this (tailscale #17785).
    return isServed(world, object, service) ? [] : [[name, "its ProxyGroup's devices are not approved"]];
  });
}

function isServed(world: World, object: KubernetesObject, service: VipService): boolean {
  const pods = groupDevices(world, groupOf(object));
  return pods.some((device) => isApproved(world, service, device));
}

/** Deletes an object's Tailscale Service if this operator created it. */
function removeVipService(world: World, credential: Credential, owner: string, key: string): void {
  const name = groupServices(world).get(key);
  if (name === undefined) return;
  if (vipService(world, name)?.owner === owner) deleteVipService(world, credential, name);
  groupServices(world).delete(key);
}

function finalizerOf({ kind }: KubernetesObject): string {
  return `tailscale.com/${kind.toLowerCase()}-pg-finalizer`;
}

/** The operator marks its Tailscale Services with its own device, which its state Secret records. */
function operatorDevice(world: World, { namespace }: OperatorPod): string {
  return objectAt(world, objectKey("Secret", namespace, "operator")).data?.["device_id"] ?? "";
}
