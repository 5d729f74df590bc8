import type { World } from "../../world/world.ts";
import { objectAt, objects } from "./objects.ts";

/** The operator's own, on all that it serves with a proxy of its own (tailscale #15662). */
export const FINALIZER = "tailscale.com/finalizer";

/** Keeps an object from going before the controller has let go of what it made for it. */
export function finalize(world: World, key: string, finalizer = FINALIZER): void {
  const { metadata, ...rest } = objectAt(world, key);
  const { finalizers = [] } = metadata;
  if (finalizers.includes(finalizer)) return;
  objects(world).set(key, { ...rest, metadata: { ...metadata, finalizers: [...finalizers, finalizer] } });
}

/** Lets an object go, as far as this finalizer keeps it. */
export function letGo(world: World, key: string, finalizer = FINALIZER): void {
  const { metadata, ...rest } = objectAt(world, key);
  const { finalizers = [] } = metadata;
  if (!finalizers.includes(finalizer)) return;
  const left = finalizers.filter((one) => one !== finalizer);
  objects(world).set(key, { ...rest, metadata: { ...metadata, finalizers: left } });
}
