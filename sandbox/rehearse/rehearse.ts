import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { copyProject } from "../shell/project-copy.ts";
import { SandboxShell } from "../shell/shell.ts";
import { answersOf } from "./answers.ts";
import { CONSOLE_ACTIONS } from "./console.ts";
import { loseCluster, loseSalt, loseState } from "./damage.ts";
import { runbookBlocks, type RunbookStep } from "./runbook.ts";
import { addStrangers, changedStrangers } from "./strangers.ts";

/** What is lost, and the runbook's block that restores it. */
export const STARTS = [
  { block: "cluster-lost", title: "cluster lost, state kept", cluster: true, state: false },
  { block: "state-lost", title: "state lost, cluster kept", cluster: false, state: true },
  { block: "both-lost", title: "cluster and state lost", cluster: true, state: true },
] as const;

export type Start = (typeof STARTS)[number];

export interface RehearsalOptions {
  readonly engine: PulumiCommand;
  readonly stack: string;
  readonly start: Start;
  /** An empty folder. */
  readonly folder: string;
  /** Other steps than the runbook's. */
  readonly block?: readonly RunbookStep[];
  /** Receives each step when it ends. */
  readonly onStep?: (step: RehearsedStep) => void;
}

export interface RehearsedStep {
  readonly text: string;
  readonly milliseconds: number;
}

export interface Rehearsal {
  readonly steps: readonly RehearsedStep[];
  /** Lines that a client would notice, before the loss and not after the restore, or the other way round. */
  readonly differences: readonly string[];
  /** What belongs to others and was changed. */
  readonly touched: readonly string[];
}

/**
 * Deploys a stack, destroys what the start names, and restores it with the runbook's commands.
 *
 * @throws Error with the output of the first command that fails
 */
export async function rehearse(options: RehearsalOptions): Promise<Rehearsal> {
  const { engine, stack, start, folder, block = blockOf(start), onStep } = options;
  copyProject(folder);
  const shell = new SandboxShell({ engine, folder: join(folder, ".sandbox"), projectFolder: folder });
  shell.prepare(stack);
  await mustRun(shell, `pulumi stack init ${stack} && pulumi up --yes --skip-preview --stack ${stack}`);
  const before = shell.withWorld(stack, (world) => {
    addStrangers(world);
    return answersOf(world);
  });
  lose(options);
  // A new cluster has the ingress controller and the services already: they are not part of this program.
  shell.prepare(stack);

  const steps: RehearsedStep[] = [];
  for (const step of block) {
    const begun = performance.now();
    await carryOut(step, options, shell);
    const done = { text: named(step.text, stack), milliseconds: performance.now() - begun };
    steps.push(done);
    onStep?.(done);
  }
  await shell.close();
  const { after, touched } = shell.withWorld(stack, (world) => ({
    after: answersOf(world),
    touched: changedStrangers(world, !start.cluster),
  }));
  return { steps, differences: differencesBetween(before, after), touched };
}

function lose({ stack, start, folder }: RehearsalOptions): void {
  if (start.cluster) loseCluster(join(folder, ".sandbox"), stack);
  if (!start.state) return;
  loseState(join(folder, ".sandbox"));
  loseSalt(join(folder, `Pulumi.${stack}.yaml`));
}

function blockOf({ block }: Start): readonly RunbookStep[] {
  const steps = runbookBlocks().get(block);
  if (steps === undefined) throw new Error(`docs/runbook.md has no block <!-- run: ${block} -->`);
  return steps;
}

async function carryOut(
  { kind, text }: RunbookStep,
  { stack }: RehearsalOptions,
  shell: SandboxShell,
): Promise<void> {
  if (kind === "command") {
    await mustRun(shell, named(text, stack));
    return;
  }
  const action = CONSOLE_ACTIONS[text];
  if (action === undefined) throw new Error(`the rehearsal does not know the console step: ${text}`);
  shell.withWorld(stack, (world) => {
    action({ world, stack });
  });
}

function named(command: string, stack: string): string {
  return command.replaceAll("<cluster>", stack).replaceAll("<secrets-provider>", "passphrase");
}

async function mustRun(shell: SandboxShell, command: string): Promise<void> {
  const { exitCode, stdout, stderr } = await shell.run(command);
  if (exitCode !== 0) throw new Error(`${command}\n${stdout}\n${stderr}`);
}

function differencesBetween(before: readonly string[], after: readonly string[]): readonly string[] {
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `before: ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `after: ${line}`),
  ];
}
