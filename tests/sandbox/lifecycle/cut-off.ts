import { spawn } from "node:child_process";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import type { EngineStep } from "../../../sandbox/session/run.ts";

/** The result of an up that may have been cut off. */
export interface CutOff {
  readonly ok: boolean;
  readonly errors: readonly string[];
  /** Number of resources whose step started. */
  readonly started: number;
  /** Set if the providers crashed: the message for the user, and the steps under way. */
  readonly providerCrash?: { readonly message: string; readonly underWay: readonly EngineStep[] };
}

interface Project {
  readonly folder: string;
  readonly stack: string;
}

/**
 * Brings a stack up in a child process.
 *
 * @param interrupted - number of the resource at which the process receives Ctrl-C, from 1
 */
export async function upInProcess({ folder, stack }: Project, interrupted?: number): Promise<CutOff> {
  const script = join(import.meta.dirname, "up-in-process.ts");
  const at = interrupted === undefined ? [] : [String(interrupted)];
  const child = spawn(process.execPath, [script, folder, stack, ...at], {
    detached: true,
    // The SDK writes errors there about the engine that has exited.
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (await json(child.stdout)) as CutOff;
}
