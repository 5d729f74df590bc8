import { join } from "node:path";
import { ClusterWorld } from "./cluster-world.ts";
import { callsIn } from "./journal.ts";
import { type Change, MemoryWorld, type World } from "./world.ts";
import { changesOf, LAST_RUN_FILE, type WorldDocument } from "./world-file.ts";

/** The world as one API call of the last run left it. */
export interface Moment {
  /** The call that has just ended, as it is counted; empty where a controller or Helm did something by itself. */
  readonly operation: string;
  /** Only until the next moment is asked for: it is the same world that goes on. */
  readonly world: World;
}

/**
 * Goes through the last run, call by call.
 *
 * @param before - the world's document as it was when the run began
 * @param folder - of the sandbox's state, which holds the last run's journal
 * @param cluster - as which the world is seen; without it as the document has it
 */
export function* momentsOfLastRun(
  before: WorldDocument,
  folder: string,
  cluster?: string,
): Generator<Moment> {
  const world = new MemoryWorld();
  world.replay(changesOf(before));
  const seen = cluster === undefined ? world : new ClusterWorld(world, cluster);
  for (const call of callsIn(join(folder, LAST_RUN_FILE))) {
    world.replay(call);
    yield { operation: operationOf(call), world: seen };
  }
}

function operationOf(call: readonly Change[]): string {
  return call
    .filter(([table]) => table === "calls")
    .map(([, operation]) => operation)
    .join(", ");
}
