import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import {
  type Credential,
  type Device,
  devices,
  joinDevice,
  mintAuthKey,
  removeDevice,
  tailnet,
} from "../tailscale/tailnet.ts";
import { at } from "../values.ts";
import { events, note } from "./cluster.ts";
import { finalize, letGo } from "./finalizers.ts";
import { type KubernetesObject, objectAt, objectKey, objects, setStatus, textAt } from "./objects.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { forbiddenBy } from "./pod-security.ts";

/** Devices of the pods of each ProxyGroup, by the object's key, in the pods' order. */
function podDevices(world: World): Table<readonly string[]> {
  return world.table("kubernetes.proxyGroups");
}

/** A group's pods as the tailnet knows them. */
export function groupDevices(world: World, group: string): Device[] {
  const ids = podDevices(world).get(objectKey("ProxyGroup", undefined, group)) ?? [];
  return ids.flatMap((id) => devices(world).get(id) ?? []);
}

/** Why nothing can be served by a group; undefined if something can (`k8s-operator/conditions.go`). */
export function groupFault(world: World, name: string): string | undefined {
  const group = objects(world).get(objectKey("ProxyGroup", undefined, name));
  if (group === undefined) return `ProxyGroupNotFound: ProxyGroup "${name}" does not exist`;
  return isAvailable(group) ? undefined : `ProxyGroup "${name}" is not (yet) ready`;
}

/** Keeps a ProxyGroup's pods and their devices at the number asked for (`cmd/k8s-operator/proxygroup.go`). */
export function serveProxyGroup(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  if (credential === undefined) return;
  const { metadata, spec } = objectAt(world, key);
  const present = podDevices(world).get(key) ?? [];
  if (metadata.deletionTimestamp !== undefined) {
    for (const device of present) removeDevice(world, credential, device);
    podDevices(world).delete(key);
    letGo(world, key);
    return;
  }
  finalize(world, key);
  const replicas = Number(spec?.["replicas"] ?? 2);
  const fault =
    unprovisioned(world, pod, objectAt(world, key)) ?? scale(world, pod, credential, key, replicas);
  if (fault === undefined) events(world).delete(key);
  else note(world, key, fault);
  const running = podDevices(world).get(key) ?? [];
  const condition = (type: string, met: boolean) => ({ type, status: met ? "True" : "False" });
  setStatus(world, key, {
    conditions: [
      condition("ProxyGroupAvailable", running.length > 0),
      condition("ProxyGroupReady", running.length === replicas && fault === undefined),
    ],
    devices: groupDevices(world, metadata.name).map(({ name }) => ({
      hostname: `${name}.${tailnet(world).name}`,
    })),
  });
}

/** Why a group's pods are not made. They route packets, and so are privileged. */
function unprovisioned(
  world: World,
  { namespace }: OperatorPod,
  { spec }: KubernetesObject,
): string | undefined {
  const proxyClass = textAt(spec, "proxyClass");
  if (proxyClass !== undefined && !objects(world).has(objectKey("ProxyClass", undefined, proxyClass))) {
    return `ProxyGroupCreating: the ProxyGroup's ProxyClass "${proxyClass}" does not (yet) exist`;
  }
  const forbidden = forbiddenBy(world, namespace, "privileged");
  return forbidden === undefined ? undefined : `FailedCreate: ${forbidden}`;
}

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
  const prefix = textAt(spec, "hostnamePrefix") ?? metadata.name;
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
  const conditions = (at(status, ["conditions"]) ?? []) as readonly unknown[];
  return conditions.some(
    (one) => textAt(one, "type") === "ProxyGroupAvailable" && textAt(one, "status") === "True",
  );
}
