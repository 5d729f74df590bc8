import { rename, rm, writeFile } from "node:fs/promises";
import { UserError } from "../../components/config-issue.ts";

/** The textfile collector of node-exporter reads files with this ending only. */
export const METRICS_ENDING = ".prom";

/**
 * Replaces a file of metrics as a whole: the textfile collector may read it at any time, and never sees a part.
 *
 * @throws UserError if the file cannot be written; the old file stays
 */
export async function writeMetrics(path: string, text: string): Promise<void> {
  // In the same folder, because a rename works in one file system only; with an ending that the collector ignores.
  const partial = `${path}.${process.pid}`;
  try {
    await writeFile(partial, text, { mode: 0o644 });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw new UserError("the command", [
      {
        path: "METRICS",
        found: `${JSON.stringify(path)}, which cannot be written (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
        allowed: "a file in a folder that exists and can be written",
        fix: "create the folder, or change its permissions",
      },
    ]);
  }
}
