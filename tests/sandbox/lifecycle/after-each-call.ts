import { join } from "node:path";
import { type HistoryEntry, historyOfLastRun } from "../../../sandbox/world/history.ts";
import { readDocument, WORLD_FILE } from "../../../sandbox/world/world-file.ts";

/** The part of a project that has a world. */
interface ProjectWithWorld {
  readonly sandbox: string;
  readonly stack: string;
  withWorld(use: () => void): void;
}

/**
 * Starts a run, and then visits the world as it was after each API call of the run, even if the run failed.
 *
 * @returns the run's result; an error of the run is thrown after the visits
 */
export async function afterEachCall<T>(
  project: ProjectWithWorld,
  run: () => Promise<T>,
  visit: (entry: HistoryEntry) => void,
): Promise<T> {
  const file = join(project.sandbox, WORLD_FILE);
  // Opening the world merges the journal of an interrupted run into the document.
  project.withWorld(() => undefined);
  const before = readDocument(file);
  try {
    return await run();
  } finally {
    project.withWorld(() => undefined);
    for (const entry of historyOfLastRun(before, project.sandbox, project.stack)) visit(entry);
  }
}
