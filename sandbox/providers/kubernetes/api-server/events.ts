import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";

/** Why an object is not ready, by the object's key. Models its Events and the log of its controller. */
export function events(world: World): Table<string> {
  return world.table("kubernetes.events");
}

/** Records why an object is not ready. An unchanged reason changes nothing, so the controllers settle. */
export function recordEvent(world: World, key: string, reason: string): void {
  if (events(world).get(key) !== reason) events(world).set(key, reason);
}
