// Destroys a stack's cluster, its state, or both, and restores them with the commands of docs/runbook.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { parseOptions } from "../../plan/parse-options.ts";
import { findEngine } from "../engine/find-engine.ts";
import { rehearse, type Start, STARTS } from "./rehearse.ts";

const STACKS = ["ozilab", "tazlab"];

const USAGE = `Usage: node sandbox/rehearse/main.ts [options]
       make rehearse

Deploys ${STACKS.join(" and ")} in a sandbox, loses the cluster, the state, or both, and restores them with the
commands of docs/runbook.md. Prints each step and its time. Contacts no account and no cluster.
Exit status: 0 everything answers as before; 1 something does not, or something of others was changed.

Options:
  -h, --help  print this text
`;

async function main(): Promise<void> {
  const options = { help: { type: "boolean", short: "h", default: false } } as const;
  if (parseOptions(process.argv.slice(2), "--help", options).help) {
    process.stdout.write(USAGE);
    return;
  }
  const engine = await findEngine();
  for (const stack of STACKS) {
    for (const start of STARTS) {
      process.stdout.write(`${stack}: ${start.title}\n`);
      if (!(await restores(engine, stack, start))) process.exitCode = 1;
    }
  }
}

/** Rehearses one start, and prints it. @returns false if the stack is not as before */
async function restores(engine: PulumiCommand, stack: string, start: Start): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "rehearse-"));
  try {
    const { steps, differences, touched } = await rehearse({
      engine,
      stack,
      start,
      folder,
      onStep: ({ text, milliseconds }) => {
        printTime(milliseconds, text);
      },
    });
    printTime(
      steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
      "in total",
    );
    const findings = [...differences, ...touched.map((one) => `changed, and belongs to others: ${one}`)];
    const asBefore = "hostnames and services answer as before; nothing of others was touched";
    for (const line of findings.length > 0 ? findings : [asBefore]) process.stdout.write(`  ${line}\n`);
    return findings.length === 0;
  } catch (error) {
    process.stdout.write(`${(error as Error).message}\n`);
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function printTime(milliseconds: number, text: string): void {
  process.stdout.write(`  ${(milliseconds / 1000).toFixed(1).padStart(6)} s  ${text}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
