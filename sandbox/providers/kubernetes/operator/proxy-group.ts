import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import {
  type Credential,
  type Device,
  devices,
  joinDevice,
  mintAuthKey,
  removeDevice,
  tailnet,
} from "../../tailscale/tailnet.ts";
import { valueAt } from "../../values.ts";
import { events, recordEvent } from "../api-server/events.ts";
import {
  type KubernetesObject,
  objectAt,
  objectKey,
  objects,
  setStatus,
  stringAt,
} from "../api-server/objects.ts";
import { podSecurityViolation } from "../api-server/pod-security.ts";
import { removeOnceStopped } from "./cleanup.ts";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { classNotReadyReason } from "./proxy-class.ts";

/** Devices of each ProxyGroup's pods, by the object's key, in the order of the pods. */
function podDevices(world: World): Table<readonly string[]> {
  return world.table("kubernetes.proxyGroups");
}

/** A group's pods as the tailnet knows them. */
export function groupDevices(world: World, group: string): Device[] {
  const ids = podDevices(world).get(objectKey("ProxyGroup", undefined, group)) ?? [];
  return ids.flatMap((id) => devices(world).get(id) ?? []);
}

/** Why a group cannot serve any object; undefined if it can (`k8s-operator/conditions.go`). */
export function groupNotReadyReason(world: World, name: string): string | undefined {
  const group = objects(world).get(objectKey("ProxyGroup", undefined, name));
  if (group === undefined) return `ProxyGroupNotFound: ProxyGroup "${name}" does not exist`;
  return isAvailable(group) ? undefined : `ProxyGroup "${name}" is not (yet) ready`;
}

/**
 * Runs as many pods as a ProxyGroup requests, each with a device, and sets the group's conditions
 * (module tailscale.com, `cmd/k8s-operator/proxygroup.go`).
 */
export function reconcileProxyGroup(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  if (credential === undefined) return;
  const { metadata, spec } = objectAt(world, key);
  const present = podDevices(world).get(key) ?? [];
  if (metadata.deletionTimestamp !== undefined) {
    removeOnceStopped(world, key, present.length > 0, () => {
      for (const device of present) removeDevice(world, credential, device);
      podDevices(world).delete(key);
      removeFinalizer(world, key);
    });
    return;
  }
  addFinalizer(world, key);
  const replicas = Number(spec?.["replicas"] ?? 2);
  const reason =
    blockedReason(world, pod, objectAt(world, key)) ?? scale(world, pod, credential, key, replicas);
  if (reason === undefined) events(world).delete(key);
  else recordEvent(world, key, reason);
  const running = podDevices(world).get(key) ?? [];
  const condition = (type: string, met: boolean) => ({ type, status: met ? "True" : "False" });
  setStatus(world, key, {
    conditions: [
      condition("ProxyGroupAvailable", running.length > 0),
      condition("ProxyGroupReady", running.length === replicas && reason === undefined),
    ],
    devices: groupDevices(world, metadata.name).map(({ name }) => ({
      hostname: `${name}.${tailnet(world).name}`,
    })),
  });
}

/** Why a group's pods cannot be created. They route packets, so they are privileged. */
function blockedReason(
  world: World,
  { namespace, template }: OperatorPod,
  { spec }: KubernetesObject,
): string | undefined {
  const proxyClass = stringAt(spec, "proxyClass") ?? template.proxyClass;
  if (proxyClass !== undefined && !objects(world).has(objectKey("ProxyClass", undefined, proxyClass))) {
    return `ProxyGroupCreating: the ProxyGroup's ProxyClass "${proxyClass}" does not (yet) exist`;
  }
  const waiting = classNotReadyReason(world, proxyClass);
  if (waiting !== undefined) return `ProxyGroupCreating: ${waiting}`;
  const violation = podSecurityViolation(world, namespace, "privileged");
  return violation === undefined ? undefined : `FailedCreate: ${violation}`;
}

/** @returns the error, if Tailscale refuses a device */
function scale(
  world: World,
  { template }: OperatorPod,
  credential: Credential,
  key: string,
  replicas: number,
): string | undefined {
  const { metadata, spec } = objectAt(world, key);
  const present = podDevices(world).get(key) ?? [];
  const tags = (spec?.["tags"] as readonly string[] | undefined) ?? template.proxyTags;
  const prefix = stringAt(spec, "hostnamePrefix") ?? metadata.name;
  try {
    const joined = Array.from({ length: Math.max(0, replicas - present.length) }, (_, index) => {
      mintAuthKey(world, credential, tags);
      const name = `${prefix}-${present.length + index}`;
      return joinDevice(world, { name, tags, owner: `proxy ${key}` });
    });
    for (const device of present.slice(replicas)) removeDevice(world, credential, device);
    if (joined.length > 0 || present.length > replicas) {
      podDevices(world).set(key, [...present.slice(0, replicas), ...joined]);
    }
    return undefined;
  } catch (error) {
    return `ProxyGroupCreationFailed: ${(error as Error).message}`;
  }
}

function isAvailable({ status }: KubernetesObject): boolean {
  const conditions = (valueAt(status, ["conditions"]) ?? []) as readonly unknown[];
  return conditions.some(
    (one) => stringAt(one, "type") === "ProxyGroupAvailable" && stringAt(one, "status") === "True",
  );
}
