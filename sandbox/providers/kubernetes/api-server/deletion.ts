import type { World } from "../../../world/world.ts";
import { valueAt } from "../../values.ts";
import { events } from "./events.ts";
import { type KubernetesObject, objectAt, objects } from "./objects.ts";
import { forgetManagers } from "./server-side-apply.ts";

/** Requests an object's deletion. An object with finalizers stays until controllers have removed them. */
export function markDeleted(world: World, key: string): void {
  const { metadata, ...rest } = objectAt(world, key);
  if (metadata.deletionTimestamp !== undefined) return;
  objects(world).set(key, { ...rest, metadata: { ...metadata, deletionTimestamp: "now" } });
}

/** Removes deleted objects that have no finalizers. Namespaces come last: they wait for their contents. */
export function collectGarbage(world: World): void {
  const deleted = [...objects(world)].filter(([, { metadata }]) => metadata.deletionTimestamp !== undefined);
  for (const [key, { kind, metadata }] of deleted) {
    if (kind !== "Namespace" && (metadata.finalizers ?? []).length === 0) removeObject(world, key);
  }
  for (const [key, { kind, metadata }] of deleted) {
    if (kind === "Namespace" && contentsOf(world, metadata.name).length === 0) removeObject(world, key);
  }
}

/** Keys of all objects in a namespace. They are deleted with it. */
export function contentsOf(world: World, namespace: string): string[] {
  return [...objects(world)].flatMap(([key, object]) =>
    object.metadata.namespace === namespace ? [key] : [],
  );
}

function removeObject(world: World, key: string): void {
  const object = objects(world).get(key);
  objects(world).delete(key);
  events(world).delete(key);
  forgetManagers(world, key);
  if (object?.kind === "CustomResourceDefinition") deleteInstances(world, object);
}

/** Deleting a definition deletes all its custom resources. */
function deleteInstances(world: World, definition: KubernetesObject): void {
  const kind = valueAt(definition.spec, ["names", "kind"]);
  for (const [key, object] of [...objects(world)]) if (object.kind === kind) markDeleted(world, key);
}
