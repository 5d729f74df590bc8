import { join } from "node:path";
import { ClusterWorld } from "./cluster-world.ts";
import { readCalls } from "./journal.ts";
import { changesOf, LAST_RUN_FILE, type WorldDocument } from "./world-file.ts";
import { type Change, MemoryWorld, type World } from "./world.ts";

/** The world after one API call of the last run. */
export interface HistoryEntry {
  /** The call, named as in the call counts; empty for a change by a controller or Helm. */
  readonly operation: string;
  /** Valid only until the next entry: all entries share one world. */
  readonly world: World;
}

/**
 * Replays the last run, call by call.
 *
 * @param before - the world's document from before the run
 * @param folder - of the sandbox's state, which holds the last run's journal
 * @param cluster - whose view of the world to yield; by default the stored tables
 */
export function* historyOfLastRun(
  before: WorldDocument,
  folder: string,
  cluster?: string,
): Generator<HistoryEntry> {
  const stored = new MemoryWorld();
  stored.replay(changesOf(before));
  const world = cluster === undefined ? stored : new ClusterWorld(stored, cluster);
  for (const call of readCalls(join(folder, LAST_RUN_FILE))) {
    stored.replay(call);
    yield { operation: operationOf(call), world };
  }
}

function operationOf(call: readonly Change[]): string {
  return call
    .filter(([table]) => table === "calls")
    .map(([, operation]) => operation)
    .join(", ");
}
