// Runs a stack of this project on the real Pulumi engine, against simulated systems: no account, no cluster.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import program from "../index.ts";
import { exposureTables } from "../plan/report/exposure-tables.ts";
import { hopTables } from "../plan/report/hop-tables.ts";
import { findEngine } from "./engine/find-engine.ts";
import { incidents } from "./providers/kubernetes/reconcile.ts";
import { type Operation, type RunResult, Session } from "./session/session.ts";
import { prerequisitesOf } from "./prerequisites/prerequisites.ts";
import { callCounts } from "./world/api.ts";
import { seed } from "./prerequisites/seed.ts";
import { LAST_RUN_FILE, WORLD_FILE } from "./world/world-file.ts";

const ROOT = resolve(import.meta.dirname, "..");
const FOLDER = join(ROOT, ".sandbox");
const OPERATIONS: readonly Operation[] = ["preview", "up", "refresh", "destroy"];

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: { stack: { type: "string", default: "ozilab" }, do: { type: "string", default: "preview up" } },
  });
  const operations = operationsOf(values.do);
  const session = new Session({
    engine: await findEngine(),
    folder: FOLDER,
    projectFolder: ROOT,
    stack: values.stack,
    program,
    onOutput: (text) => process.stdout.write(text),
  });
  try {
    const surroundings = prerequisitesOf(session.settings());
    session.world((world) => {
      seed(world, surroundings);
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

function operationsOf(text: string): Operation[] {
  return text.split(/\s+/).map((word) => {
    const operation = OPERATIONS.find((one) => one === word);
    if (operation !== undefined) return operation;
    throw new Error(`DO is ${JSON.stringify(word)}; allowed are ${OPERATIONS.join(", ")}, one or more`);
  });
}

/** What the engine's own display does not show: who reaches what and how, and what happened in the simulated world. */
function report(session: Session, { outputs }: RunResult): void {
  const resolved = Object.fromEntries(
    Object.entries(outputs).map(([key, { value }]) => [key, value as unknown]),
  );
  const tables = "hostnames" in resolved ? [...exposureTables(resolved), ...hopTables(resolved)] : [];
  const [calls, found] = session.world((world) => [callCounts(world), incidents(world).values()]);
  const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const lines = [
    ...tables,
    ...found.map((incident) => `incident: ${incident}`),
    `The simulated systems have answered ${total} API calls; all they know is in .sandbox/${WORLD_FILE}, and what each call of this run did in .sandbox/${LAST_RUN_FILE}.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n\n`);
}

// The engine gets the same signal and finishes what is under way; it needs this process for that.
process.on("SIGINT", () => {
  process.stderr.write("stopping when what is under way is done; once more stops at once\n");
});

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
