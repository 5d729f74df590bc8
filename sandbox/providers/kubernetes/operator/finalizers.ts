import type { World } from "../../../world/world.ts";
import { objectAt, objects } from "../api-server/objects.ts";

/** The operator's finalizer on objects that have a proxy of their own (tailscale #15662). */
export const OPERATOR_FINALIZER = "tailscale.com/finalizer";

/** Keeps an object until its controller has removed what it created for it. */
export function addFinalizer(world: World, key: string, finalizer = OPERATOR_FINALIZER): void {
  const { metadata, ...rest } = objectAt(world, key);
  const { finalizers = [] } = metadata;
  if (finalizers.includes(finalizer)) return;
  objects(world).set(key, { ...rest, metadata: { ...metadata, finalizers: [...finalizers, finalizer] } });
}

export function removeFinalizer(world: World, key: string, finalizer = OPERATOR_FINALIZER): void {
  const { metadata, ...rest } = objectAt(world, key);
  const { finalizers = [] } = metadata;
  if (!finalizers.includes(finalizer)) return;
  const left = finalizers.filter((one) => one !== finalizer);
  objects(world).set(key, { ...rest, metadata: { ...metadata, finalizers: left } });
}
