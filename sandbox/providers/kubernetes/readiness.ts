import type { World } from "../../world/world.ts";
import { at, isRecord } from "../values.ts";
import { cluster, events, workloads } from "./cluster.ts";
import { annotation, keyOf, type KubernetesObject, objects, textAt } from "./objects.ts";

/**
 * Waits as the provider does, until an object is ready or nothing happens any more that could make it so.
 *
 * @returns why it is not ready; undefined when it is
 */
export async function awaitReady(world: World, key: string): Promise<string | undefined> {
  return await awaitUntil(world, () => {
    const object = objects(world).get(key);
    return object === undefined ? "the object is gone" : unreadiness(world, object);
  });
}

/** Looks again after every API call anywhere, and gives up when there was none for the cluster's patience. */
export async function awaitUntil(world: World, fault: () => string | undefined): Promise<string | undefined> {
  for (;;) {
    const found = fault();
    if (found === undefined) return undefined;
    if (!(await world.committedWithin(cluster(world).patienceMs))) return found;
  }
}

/** What the provider waits for by itself (Pulumi Kubernetes, "Await logic"), or by `pulumi.com/waitFor`. */
function unreadiness(world: World, object: KubernetesObject): string | undefined {
  if (annotation(object, "pulumi.com/skipAwait") === "true") return undefined;
  const why = events(world).get(keyOf(object));
  const because = why === undefined ? "" : ` (${why})`;
  const condition = annotation(object, "pulumi.com/waitFor");
  if (condition !== undefined) {
    const wanted = condition.replace(/^condition=/, "");
    const conditions = (at(object.status, ["conditions"]) ?? []) as readonly unknown[];
    const met = conditions.some((one) => textAt(one, "type") === wanted && textAt(one, "status") === "True");
    return met ? undefined : `condition ${wanted} is not met${because}`;
  }
  if (object.kind === "Ingress" && !hasAddress(object)) {
    return `Ingress .status.loadBalancer field was not updated with a hostname/IP address${because}`;
  }
  if (object.kind === "Service") return serviceUnreadiness(world, object, because);
  return undefined;
}

function serviceUnreadiness(world: World, object: KubernetesObject, because: string): string | undefined {
  const selector = at(object.spec, ["selector"]);
  const { namespace } = object.metadata;
  if (isRecord(selector)) {
    const targeted = workloads(world).find(
      (pod) =>
        pod.namespace === namespace &&
        Object.entries(selector).every(([label, value]) => pod.labels[label] === value),
    );
    if (targeted === undefined) return "Service does not target any Pods";
  }
  if (textAt(object.spec, "type") === "LoadBalancer" && !hasAddress(object)) {
    return `Service was not allocated an IP address${because}`;
  }
  return undefined;
}

function hasAddress({ status }: KubernetesObject): boolean {
  return at(status, ["loadBalancer", "ingress", 0]) !== undefined;
}
