import { join } from "node:path";
import { type Moment, momentsOfLastRun } from "../../../sandbox/world/history.ts";
import { readDocument, WORLD_FILE } from "../../../sandbox/world/world-file.ts";

/** As much of a project as has a world. */
interface Watched {
  readonly sandbox: string;
  readonly stack: string;
  look(use: () => void): void;
}

/**
 * Performs a run, whatever becomes of it, and then visits the world as it was after each of its API calls.
 *
 * @returns what the run gave; a run that threw throws after the visits
 */
export async function everyMoment<T>(
  project: Watched,
  run: () => Promise<T>,
  visit: (moment: Moment) => void,
): Promise<T> {
  const file = join(project.sandbox, WORLD_FILE);
  // A look takes up the journal that a run left which was cut off.
  project.look(() => undefined);
  const before = readDocument(file);
  try {
    return await run();
  } finally {
    project.look(() => undefined);
    for (const moment of momentsOfLastRun(before, project.sandbox, project.stack)) visit(moment);
  }
}
