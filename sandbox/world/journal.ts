import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Change } from "./world.ts";

/** Appends what one API call changed: a line, as one that was cut off is not valid JSON and is left out when read. */
export function appendCall(file: string, changes: readonly Change[]): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${JSON.stringify(changes)}\n`);
}

/** What each API call changed, in the order in which they ended; none if there is no such file. */
export function callsIn(file: string): Change[][] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Change[]);
}
