// Runs a stack of this project on the real Pulumi engine, against simulated systems.
import { join, resolve } from "node:path";
import program from "../index.ts";
import { exposureTables } from "../plan/report/exposure-tables.ts";
import { hopTables } from "../plan/report/hop-tables.ts";
import { readArguments, USAGE } from "./arguments.ts";
import { findEngine } from "./engine/find-engine.ts";
import { prerequisitesOf } from "./prerequisites/prerequisites.ts";
import { seed } from "./prerequisites/seed.ts";
import { incidents } from "./providers/incidents.ts";
import type { Operation, RunResult } from "./session/run.ts";
import { Session } from "./session/session.ts";
import { callCounts } from "./world/api.ts";
import { LAST_RUN_FILE, WORLD_FILE } from "./world/world-file.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".sandbox");

/** @returns false if an operation failed; the engine has printed why */
async function main(): Promise<boolean> {
  const { stack, operations, help } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
    return true;
  }
  return await runAll(stack, operations);
}

async function runAll(stack: string, operations: readonly Operation[]): Promise<boolean> {
  const session = new Session({
    engine: await findEngine(),
    folder: FOLDER,
    projectFolder: ROOT,
    stack,
    program,
    onOutput: (text) => process.stdout.write(text),
  });
  try {
    const prerequisites = prerequisitesOf(session.settings());
    session.withWorld((world) => {
      seed(world, prerequisites);
    });
    for (const operation of operations) {
      const result = await session.run(operation);
      report(session, result);
      if (!result.ok) return false;
    }
    return true;
  } finally {
    await session.close();
  }
}

/** Prints what the engine's display does not show: who can reach what, and what happened in the simulated systems. */
function report(session: Session, { outputs }: RunResult): void {
  const values = Object.fromEntries(
    Object.entries(outputs).map(([key, { value }]) => [key, value as unknown]),
  );
  const tables = "hostnames" in values ? [...exposureTables(values), ...hopTables(values)] : [];
  const [calls, found] = session.withWorld((world) => [callCounts(world), incidents(world).values()]);
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const lines = [
    ...tables,
    ...found.map((incident) => `incident: ${incident}`),
    `The simulated systems have answered ${total} API calls. Their state: .sandbox/${WORLD_FILE}. The calls of this run: .sandbox/${LAST_RUN_FILE}.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

// The engine receives the same signal and completes the current steps. It needs this process for that.
process.on("SIGINT", () => {
  process.stderr.write("Stopping after the current steps. Press Ctrl-C again to stop at once.\n");
});

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
