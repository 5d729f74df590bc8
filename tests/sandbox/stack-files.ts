import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LAST_RUN_FILE, WORLD_FILE } from "../../sandbox/world/world-file.ts";

/** Identifies the files of one stack in a sandbox's folder. */
export interface StackFiles {
  readonly sandbox: string;
  readonly project: string;
  readonly stack: string;
}

/** Removes the world and all resources from the stack's state. Much faster than creating another project. */
export function resetStack(files: StackFiles): void {
  removeWorld(files);
  const state = stateFile(files);
  if (!existsSync(state)) return;
  const document = JSON.parse(readFileSync(state, "utf8")) as {
    checkpoint: { latest: Record<string, unknown> };
  };
  document.checkpoint.latest = { ...document.checkpoint.latest, resources: [], pending_operations: [] };
  writeFileSync(state, JSON.stringify(document));
}

/** Takes a snapshot of the world and the stack's state. @returns a function that restores it */
export function snapshotStack(files: StackFiles): () => void {
  const world = join(files.sandbox, WORLD_FILE);
  const saved = [world, stateFile(files)].map((file) => [file, readFileSync(file)] as const);
  return () => {
    removeWorld(files);
    for (const [file, content] of saved) writeFileSync(file, content);
  };
}

function removeWorld({ sandbox }: StackFiles): void {
  for (const file of [WORLD_FILE, `${WORLD_FILE}.journal`, LAST_RUN_FILE]) {
    rmSync(join(sandbox, file), { force: true });
  }
}

function stateFile({ sandbox, project, stack }: StackFiles): string {
  return join(sandbox, "state", ".pulumi", "stacks", project, `${stack}.json`);
}
