import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { answersOf } from "../../sandbox/rehearse/answers.ts";
import { runbookBlocks } from "../../sandbox/rehearse/runbook.ts";
import { WORLD_FILE } from "../../sandbox/world/world-file.ts";
import type { World } from "../../sandbox/world/world.ts";
import { type ChangedProject, changedProject } from "../ci/changed-project.ts";

export type Stack = "ozilab" | "tazlab";

export interface BlockOptions {
  /** Default: ozilab. */
  readonly stack?: Stack;
  /** Replaces further placeholders of the commands. */
  readonly replace?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** What a person does in a console, by the step's text. */
  readonly console?: Readonly<Record<string, () => void>>;
  /** A command may fail, as the doctor does for a broken stack. */
  readonly mayFail?: boolean;
}

const BLOCKS = runbookBlocks();

/** Deployed stacks in which the runbook's commands run. */
export class RunbookProject {
  readonly project: ChangedProject;
  /** What a client notices of each stack, as deployed. */
  readonly deployed: Readonly<Partial<Record<Stack, readonly string[]>>>;

  private constructor(project: ChangedProject, stacks: readonly Stack[]) {
    this.project = project;
    this.deployed = Object.fromEntries(stacks.map((stack) => [stack, this.answers(stack)]));
    for (const part of ["state", WORLD_FILE]) {
      cpSync(join(this.sandbox, part), join(this.#saved, part), { recursive: true });
    }
  }

  static async create(stacks: readonly Stack[]): Promise<RunbookProject> {
    return new RunbookProject(await changedProject(stacks), stacks);
  }

  get sandbox(): string {
    return join(this.project.folder, ".sandbox");
  }

  get #saved(): string {
    return join(this.project.folder, ".saved");
  }

  /** Starts over from the deployed stacks. */
  async reset(): Promise<void> {
    await this.project.git("reset", "--quiet", "--hard", "deployed");
    for (const part of ["state", WORLD_FILE]) {
      rmSync(join(this.sandbox, part), { recursive: true, force: true });
      cpSync(join(this.#saved, part), join(this.sandbox, part), { recursive: true });
    }
  }

  inWorld<T>(use: (world: World) => T, stack: Stack = "ozilab"): T {
    return this.project.shell.withWorld(stack, use);
  }

  answers(stack: Stack = "ozilab"): readonly string[] {
    return this.inWorld(answersOf, stack);
  }

  /** Runs a block's commands, which must all succeed. @returns what they print */
  async runBlock(name: string, options: BlockOptions = {}): Promise<string> {
    const { stack = "ozilab", replace = {}, variables, console = {}, mayFail = false } = options;
    const steps = BLOCKS.get(name);
    if (steps === undefined) throw new Error(`the runbook has no block ${name}`);
    let printed = "";
    for (const { kind, text } of steps) {
      if (kind === "console") {
        const act = console[text];
        if (act === undefined) throw new Error(`no model of the console step: ${text}`);
        act();
        continue;
      }
      const named = Object.entries({ "<cluster>": stack, ...replace }).reduce(
        (command, [from, to]) => command.replaceAll(from, to),
        text,
      );
      const { exitCode, stdout, stderr } = await this.project.shell.run(named, variables);
      if (exitCode !== 0 && !mayFail) throw new Error(`${named}\n${stdout}\n${stderr}`);
      printed += stdout;
    }
    return printed;
  }
}
