import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import type { Credential } from "../../tailscale/tailnet.ts";
import { removeFinalizer } from "./finalizers.ts";
import { deprovision, proxyDevices } from "./proxies.ts";

type Progress = "stopping" | "stopped";

/** Objects whose proxy the operator removes, by key; also ProxyGroups, and objects on one. */
function cleanups(world: World): Table<Progress> {
  return world.table("kubernetes.cleanups");
}

/** Removes the proxy of an object that is deleted, or is exposed no longer, see {@link removeOnceStopped}. */
export function removeProxy(world: World, credential: Credential, key: string): void {
  removeOnceStopped(world, key, proxyDevices(world).has(key), () => {
    deprovision(world, credential, key);
    removeFinalizer(world, key);
  });
}

/**
 * Removes what the operator runs for an object. That takes it two reconciles: the first deletes the StatefulSet, or has the
 * ProxyGroup's pods stop serving the object, and only when that is done, the next one removes the device or Tailscale Service and
 * then the finalizer (module tailscale.com, `cmd/k8s-operator/sts.go`: Cleanup, `svc.go`, `ingress-for-pg.go`: maybeCleanup).
 *
 * @param isRunning - whether something runs for the object
 */
export function removeOnceStopped(world: World, key: string, isRunning: boolean, remove: () => void): void {
  if (isRunning && cleanups(world).get(key) !== "stopped") {
    if (!cleanups(world).has(key)) cleanups(world).set(key, "stopping");
    return;
  }
  remove();
  if (cleanups(world).has(key)) cleanups(world).delete(key);
}

/**
 * Lets a proxy that is being removed stop, which has the operator reconcile again. Nothing takes time
 * in the model, so this happens when somebody waits: a read of the object.
 */
export function letProxyStop(world: World, key: string): void {
  if (cleanups(world).get(key) === "stopping") cleanups(world).set(key, "stopped");
}

/** The same for all proxies: time passes between two runs. */
export function letProxiesStop(world: World): void {
  for (const [key] of [...cleanups(world)]) letProxyStop(world, key);
}
