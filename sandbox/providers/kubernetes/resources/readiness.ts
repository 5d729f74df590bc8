import type { World } from "../../../world/world.ts";
import { isRecord, valueAt } from "../../values.ts";
import { events } from "../api-server/events.ts";
import { annotation, keyOf, type KubernetesObject, objects, stringAt } from "../api-server/objects.ts";
import { cluster, workloads } from "../cluster.ts";

/**
 * Waits until an object is ready, or until nothing changes any more (Pulumi Kubernetes, "Await logic").
 *
 * @returns why the object is not ready; undefined if it is
 */
export async function awaitReady(world: World, key: string): Promise<string | undefined> {
  return await awaitUntil(world, () => {
    const object = objects(world).get(key);
    return object === undefined ? "the object was deleted" : notReadyReason(world, object);
  });
}

/**
 * Waits until there is no reason to wait. Checks again after each API call, and gives up if there is none for the
 * cluster's patience.
 *
 * @returns the last reason; undefined if there is none any more
 */
export async function awaitUntil(
  world: World,
  reasonToWait: () => string | undefined,
): Promise<string | undefined> {
  for (;;) {
    const reason = reasonToWait();
    if (reason === undefined) return undefined;
    if (!(await world.committedWithin(cluster(world).patienceMs))) return reason;
  }
}

/** What the provider waits for by default, or what `pulumi.com/waitFor` names. */
function notReadyReason(world: World, object: KubernetesObject): string | undefined {
  if (annotation(object, "pulumi.com/skipAwait") === "true") return undefined;
  const event = events(world).get(keyOf(object));
  const because = event === undefined ? "" : ` (${event})`;
  const waitFor = annotation(object, "pulumi.com/waitFor");
  if (waitFor !== undefined) {
    const wanted = waitFor.replace(/^condition=/, "");
    const conditions = (valueAt(object.status, ["conditions"]) ?? []) as readonly unknown[];
    const isMet = conditions.some(
      (one) => stringAt(one, "type") === wanted && stringAt(one, "status") === "True",
    );
    return isMet ? undefined : `condition ${wanted} is not met${because}`;
  }
  if (object.kind === "Ingress" && !hasAddress(object)) {
    return `Ingress .status.loadBalancer field was not updated with a hostname/IP address${because}`;
  }
  if (object.kind === "Service") return serviceNotReadyReason(world, object, because);
  return undefined;
}

function serviceNotReadyReason(world: World, object: KubernetesObject, because: string): string | undefined {
  const selector = valueAt(object.spec, ["selector"]);
  const { namespace } = object.metadata;
  if (isRecord(selector)) {
    const target = workloads(world).find(
      (pod) =>
        pod.namespace === namespace &&
        Object.entries(selector).every(([label, value]) => pod.labels[label] === value),
    );
    if (target === undefined) return "Service does not target any Pods";
  }
  if (stringAt(object.spec, "type") === "LoadBalancer" && !hasAddress(object)) {
    return `Service was not allocated an IP address${because}`;
  }
  return undefined;
}

function hasAddress({ status }: KubernetesObject): boolean {
  return valueAt(status, ["loadBalancer", "ingress", 0]) !== undefined;
}
