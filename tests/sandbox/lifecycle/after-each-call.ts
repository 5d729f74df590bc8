import { join } from "node:path";
import { type HistoryEntry, historyOfLastRun } from "../../../sandbox/world/history.ts";
import { readDocument, WORLD_FILE } from "../../../sandbox/world/world-file.ts";

/** As much of a project as has a world. */
interface ProjectWithWorld {
  readonly sandbox: string;
  readonly stack: string;
  withWorld(use: () => void): void;
}

/**
 * Performs a run, whatever becomes of it, and then visits the world as it was after each of its API calls.
 *
 * @returns what the run gave; a run that threw throws after the visits
 */
export async function afterEachCall<T>(
  project: ProjectWithWorld,
  run: () => Promise<T>,
  visit: (moment: HistoryEntry) => void,
): Promise<T> {
  const file = join(project.sandbox, WORLD_FILE);
  // A look takes up the journal that a run left which was cut off.
  project.withWorld(() => undefined);
  const before = readDocument(file);
  try {
    return await run();
  } finally {
    project.withWorld(() => undefined);
    for (const moment of historyOfLastRun(before, project.sandbox, project.stack)) visit(moment);
  }
}
