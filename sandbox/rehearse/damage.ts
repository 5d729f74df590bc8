import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDocument, WORLD_FILE } from "../world/world-file.ts";

/** Removes everything that a cluster has. Its machines stay in the tailnet, and its records in the zones. */
export function loseCluster(folder: string, cluster: string): void {
  const file = join(folder, WORLD_FILE);
  const { tables, ...rest } = readDocument(file);
  const kept = Object.entries(tables).filter(([name]) => !name.startsWith(`kubernetes(${cluster}).`));
  writeFileSync(file, JSON.stringify({ ...rest, tables: Object.fromEntries(kept) }));
}

/** Removes the state of every stack from the backend. */
export function loseState(folder: string): void {
  rmSync(join(folder, "state", ".pulumi"), { recursive: true, force: true });
}

/** Removes the engine's salt from a stack's file: without the state it is worthless. */
export function loseSalt(stackFile: string): void {
  const text = readFileSync(stackFile, "utf8");
  writeFileSync(stackFile, text.replace(/^encryptionsalt: .*\n/m, ""));
}
