import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Change } from "./world.ts";

/** Appends the changes of one API call as one line. */
export function appendCall(file: string, changes: readonly Change[]): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(changes)}\n`);
}

/** Reads the changes of each API call in order; none if the file does not exist. */
export function readCalls(file: string): Change[][] {
  if (!existsSync(file)) return [];
  // A line without a newline was cut off by a crash, so its call did not complete.
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Change[]);
}
