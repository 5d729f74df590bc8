import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import type { Credential } from "../../tailscale/tailnet.ts";
import { removeFinalizer } from "./finalizers.ts";
import { deprovision, proxyDevices } from "./proxies.ts";

type Progress = "stopping" | "stopped";

/** Proxies that the operator removes, by the key of the object that they expose. */
function cleanups(world: World): Table<Progress> {
  return world.table("kubernetes.cleanups");
}

/**
 * Removes the proxy of an object that is deleted, or is exposed no longer. That takes the operator two reconciles: the
 * first deletes the StatefulSet, and only when that is gone, the next one removes the device and then the finalizer
 * (module tailscale.com, `cmd/k8s-operator/sts.go`: Cleanup, `svc.go`: maybeCleanup).
 */
export function removeProxy(world: World, credential: Credential, key: string): void {
  if (proxyDevices(world).has(key) && cleanups(world).get(key) !== "stopped") {
    if (!cleanups(world).has(key)) cleanups(world).set(key, "stopping");
    return;
  }
  deprovision(world, credential, key);
  if (cleanups(world).has(key)) cleanups(world).delete(key);
  removeFinalizer(world, key);
}

/**
 * Lets the StatefulSet of a proxy that is being removed stop, which has the operator reconcile again. Nothing takes time
 * in the model, so this happens when somebody waits: a read of the object.
 */
export function letProxyStop(world: World, key: string): void {
  if (cleanups(world).get(key) === "stopping") cleanups(world).set(key, "stopped");
}

/** The same for all proxies: time passes between two runs. */
export function letProxiesStop(world: World): void {
  for (const [key] of [...cleanups(world)]) letProxyStop(world, key);
}
