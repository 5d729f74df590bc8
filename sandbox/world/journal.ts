import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { Change } from "./world.ts";

/** Appends the changes of one API call as one line. */
export function appendCall(file: string, changes: readonly Change[]): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(changes)}\n`);
}

/** Reads the changes of each API call in order; none if the file does not exist. */
export function readCalls(file: string): Change[][] {
  return completeLines(file).map((line) => JSON.parse(line) as Change[]);
}

/** Moves the calls of one file to the end of another. */
export function moveCalls(file: string, to: string): void {
  const lines = completeLines(file);
  if (lines.length > 0) appendFileSync(to, `${lines.join("\n")}\n`);
  rmSync(file, { force: true });
}

function completeLines(file: string): string[] {
  if (!existsSync(file)) return [];
  // A line without a newline was cut off by a crash, so its call did not complete.
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}
