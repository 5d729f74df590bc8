import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type StackReport, stackReport } from "./report/stack-report.ts";

const REPORT = "report.json";

/** More than a report of a thousand hostnames needs. */
const MAX_BYTES = 20_000_000;

const report = z.object({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  stacks: z.array(stackReport).max(100),
});

/** What a run found out about all stacks that a change touches. */
export interface Report {
  readonly commit: string;
  readonly stacks: readonly StackReport[];
}

/** Removes the report of an earlier run: a run that fails must not leave an old one. */
export function clearReport(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Writes the report and its comment, both or none of them. */
export function writeReport(folder: string, content: Report, comment: string): void {
  const writing = `${folder}.new`;
  rmSync(writing, { recursive: true, force: true });
  mkdirSync(writing, { recursive: true });
  writeFileSync(join(writing, REPORT), `${JSON.stringify(content)}\n`);
  writeFileSync(join(writing, "comment.md"), `${comment}\n`);
  clearReport(folder);
  renameSync(writing, folder);
}

/**
 * Reads a report that somebody else's code may have written.
 *
 * @throws if there is none, or it is not one
 */
export function readReport(folder: string): Report {
  const file = join(folder, REPORT);
  if (!existsSync(file)) throw new Error(`${folder} has no ${REPORT}, but ${readdirSync(folder).join(", ")}`);
  const text = readFileSync(file, "utf8");
  if (text.length > MAX_BYTES) throw new Error(`${file} is larger than ${MAX_BYTES} bytes`);
  return report.parse(JSON.parse(text));
}
