import type { Table } from "../world/table.ts";
import type { World } from "../world/world.ts";

/** Failures that no API call reports, such as an operator that runs with a revoked credential. */
export function incidents(world: World): Table<string> {
  return world.table("incidents");
}

export function reportIncident(world: World, incident: string): void {
  if (!incidents(world).has(incident)) incidents(world).set(incident, incident);
}
