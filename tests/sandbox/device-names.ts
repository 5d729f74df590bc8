import { devices } from "../../sandbox/providers/tailscale/tailnet.ts";
import type { World } from "../../sandbox/world/world.ts";

/** The names of the tailnet's devices, sorted. */
export function deviceNames(world: World): readonly string[] {
  return devices(world)
    .values()
    .map(({ name }) => name)
    .sort();
}
