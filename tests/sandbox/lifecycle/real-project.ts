import { copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import {
  type Operation,
  type RunOptions,
  type RunResult,
  Session,
} from "../../../sandbox/session/session.ts";
import { prerequisitesOf } from "../../../sandbox/prerequisites/prerequisites.ts";
import { seed, type Prerequisites } from "../../../sandbox/prerequisites/seed.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";
import { empty, remember, type StackFiles } from "../stack-files.ts";

/** Makes a stack's configuration, with what a test changes of it. */
export type ConfigOf<Changes> = (changes: Partial<Changes>) => Readonly<Record<string, unknown>>;

export interface ProjectOptions<Changes> {
  readonly configOf: ConfigOf<Changes>;
  /** What is there beside what the configuration takes for granted. */
  readonly around?: Partial<Prerequisites>;
  /** Another project, in whose world this is a stack more. */
  readonly beside?: Pick<RealProject<object>, "folder">;
}

/** The real program with a stack's configuration, changed from run to run, on a world of its own. */
export class RealProject<Changes extends object> {
  readonly folder: string;
  readonly stack: string;
  readonly session: Session;
  private readonly configOf: ConfigOf<Changes>;
  private readonly around: Partial<Prerequisites>;
  private readonly texts: string[] = [];

  private constructor(
    folder: string,
    stack: string,
    engine: Awaited<ReturnType<typeof findEngine>>,
    { configOf, around = {} }: ProjectOptions<Changes>,
  ) {
    this.folder = folder;
    this.stack = stack;
    this.configOf = configOf;
    this.around = around;
    this.session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack,
      program,
      onOutput: (text) => this.texts.push(text),
    });
  }

  static async create<Changes extends object>(
    options: ProjectOptions<Changes>,
  ): Promise<RealProject<Changes>> {
    const { beside } = options;
    if (beside) {
      const project = new RealProject(beside.folder, "beside", await findEngine(), options);
      project.surround();
      return project;
    }
    const folder = await mkdtemp(join(tmpdir(), "lifecycle-"));
    copyFileSync(join(PROJECT_FOLDER, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    // Helm's post-renderer is started from the project's folder.
    symlinkSync(join(PROJECT_FOLDER, "components"), join(folder, "components"));
    const project = new RealProject(folder, "test", await findEngine(), options);
    project.surround();
    return project;
  }

  /** The folder of the sandbox's state. */
  get sandbox(): string {
    return join(this.folder, ".sandbox");
  }

  /** Starts afresh: another world, and no stack. */
  reset(): void {
    empty(this.files);
    this.surround();
  }

  /** Remembers the world and the stack's state. @returns what brings them back */
  remember(): () => void {
    return remember(this.files);
  }

  private get files(): StackFiles {
    return { sandbox: this.sandbox, project: "tailnet-edge", stack: this.stack };
  }

  configure(changes: Partial<Changes> = {}): void {
    const config = this.configOf(changes);
    writeFileSync(join(this.folder, `Pulumi.${this.stack}.yaml`), stringify({ config }));
  }

  private surround(): void {
    this.configure();
    this.session.world((world) => {
      const around = prerequisitesOf(this.session.settings());
      // What is not ready when nothing happens for a moment never will be: nothing here takes time.
      seed(world, { ...around, patienceMs: 100, ...this.around });
    });
  }

  /** Configures the stack and brings it up, which must succeed. @returns what was done, in order of name */
  async up(changes: Partial<Changes> = {}): Promise<string[]> {
    return [...(await this.upInOrder(changes))].sort();
  }

  /** As `up`, with the operations in the order in which they were done. */
  async upInOrder(changes: Partial<Changes> = {}): Promise<string[]> {
    this.configure(changes);
    const result = await this.run("up");
    if (!result.ok) throw new Error(`the up failed:\n${result.errors.join("\n")}`);
    return namesOf(result);
  }

  async run(operation: Operation, options?: RunOptions): Promise<RunResult> {
    try {
      const result = await this.session.run(operation, options);
      this.texts.push(...result.errors, ...result.warnings, this.session.stateText());
      return result;
    } catch (error) {
      this.texts.push((error as Error).message);
      throw error;
    } finally {
      this.texts.push(...this.session.providersLog);
    }
  }

  /** All that was printed or thrown, and all states that the engine wrote at the end of a run. */
  get written(): string {
    return this.texts.join("\n");
  }

  look<T>(use: (world: World) => T): T {
    return this.session.world(use);
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** `create name` and the like of real resources, in the order in which they were done. */
export function namesOf({ steps }: RunResult): string[] {
  return steps
    .filter(({ type }) => !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:"))
    .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
}
