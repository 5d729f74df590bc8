import { spawn } from "node:child_process";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { EngineStep } from "../../../sandbox/session/run.ts";

/** What became of an up that was cut off, or should have been. */
export interface CutOff {
  readonly ok: boolean;
  readonly errors: readonly string[];
  /** How many resources were begun. */
  readonly begun: number;
  /** Where the providers died: what the user is told, and what was under way. */
  readonly died?: { readonly message: string; readonly underWay: readonly EngineStep[] };
}

interface Project {
  readonly folder: string;
  readonly stack: string;
}

/**
 * Brings a stack up in a process of its own.
 *
 * @param interrupted - the number of the resource at which it gets Ctrl-C
 */
export async function upInProcess({ folder, stack }: Project, interrupted?: number): Promise<CutOff> {
  const script = join(import.meta.dirname, "up-in-process.ts");
  const at = interrupted === undefined ? [] : [String(interrupted)];
  const child = spawn(process.execPath, [script, folder, stack, ...at], {
    detached: true,
    // The SDK complains there of the engine that is gone.
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (await json(child.stdout)) as CutOff;
}
