import { copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { prerequisitesOf } from "../../../sandbox/prerequisites/prerequisites.ts";
import { type Prerequisites, seed } from "../../../sandbox/prerequisites/seed.ts";
import type { Operation, RunOptions, RunResult } from "../../../sandbox/session/run.ts";
import { Session } from "../../../sandbox/session/session.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";
import { resetStack, snapshotStack, type StackFiles } from "../stack-files.ts";

/** Builds a stack's configuration with a test's changes. */
export type ConfigOf<Changes> = (changes: Partial<Changes>) => Readonly<Record<string, unknown>>;

export interface ProjectOptions<Changes> {
  readonly configOf: ConfigOf<Changes>;
  /** Overrides for what the configuration takes for granted. */
  readonly prerequisites?: Partial<Prerequisites>;
  /** Another project: this one becomes a second stack in its world. */
  readonly beside?: Pick<RealProject<object>, "folder">;
}

/** The real program on a world of its own, with a configuration that changes from run to run. */
export class RealProject<Changes extends object> {
  readonly folder: string;
  readonly stack: string;
  readonly session: Session;
  readonly #configOf: ConfigOf<Changes>;
  readonly #prerequisites: Partial<Prerequisites>;
  readonly #texts: string[] = [];

  private constructor(
    folder: string,
    stack: string,
    engine: Awaited<ReturnType<typeof findEngine>>,
    { configOf, prerequisites = {} }: ProjectOptions<Changes>,
  ) {
    this.folder = folder;
    this.stack = stack;
    this.#configOf = configOf;
    this.#prerequisites = prerequisites;
    this.session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack,
      program,
      onOutput: (text) => this.#texts.push(text),
    });
  }

  static async create<Changes extends object>(
    options: ProjectOptions<Changes>,
  ): Promise<RealProject<Changes>> {
    const { beside } = options;
    if (beside) {
      const project = new RealProject(beside.folder, "beside", await findEngine(), options);
      project.#seed();
      return project;
    }
    const folder = await mkdtemp(join(tmpdir(), "lifecycle-"));
    copyFileSync(join(PROJECT_FOLDER, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    // Helm runs the post-renderer in the project's folder, and the engine finds the project's providers there.
    for (const name of ["components", "providers"])
      symlinkSync(join(PROJECT_FOLDER, name), join(folder, name));
    const project = new RealProject(folder, "test", await findEngine(), options);
    project.#seed();
    return project;
  }

  /** The folder of the sandbox's state. */
  get sandbox(): string {
    return join(this.folder, ".sandbox");
  }

  /** Starts over with a new world and a stack without resources. */
  reset(): void {
    resetStack(this.#files);
    this.#seed();
  }

  /** Takes a snapshot of the world and the stack's state. @returns a function that restores it */
  snapshot(): () => void {
    return snapshotStack(this.#files);
  }

  get #files(): StackFiles {
    return { sandbox: this.sandbox, project: "tailnet-edge", stack: this.stack };
  }

  configure(changes: Partial<Changes> = {}): void {
    const config = this.#configOf(changes);
    writeFileSync(join(this.folder, `Pulumi.${this.stack}.yaml`), stringify({ config }));
  }

  #seed(): void {
    this.configure();
    this.session.withWorld((world) => {
      const derived = prerequisitesOf(this.session.settings());
      // Nothing takes time here: whatever is not ready after 100 ms never will be.
      seed(world, { ...derived, patienceMs: 100, ...this.#prerequisites });
    });
  }

  /** Configures the stack and runs an up that must succeed. @returns its steps, sorted by name */
  async up(changes: Partial<Changes> = {}): Promise<string[]> {
    return [...(await this.upInOrder(changes))].sort();
  }

  /** Like `up`, but returns the steps in order of execution. */
  async upInOrder(changes: Partial<Changes> = {}): Promise<string[]> {
    this.configure(changes);
    const result = await this.run("up");
    if (!result.ok) throw new Error(`the up failed:\n${result.errors.join("\n")}`);
    return stepsInOrder(result);
  }

  async run(operation: Operation, options?: RunOptions): Promise<RunResult> {
    try {
      const result = await this.session.run(operation, options);
      this.#texts.push(...result.errors, ...result.warnings, this.session.stateText());
      return result;
    } catch (error) {
      this.#texts.push((error as Error).message);
      throw error;
    } finally {
      this.#texts.push(...this.session.providersLog);
    }
  }

  /** Everything that was printed or thrown, and the state after each run. */
  get written(): string {
    return this.#texts.join("\n");
  }

  withWorld<T>(use: (world: World) => T): T {
    return this.session.withWorld(use);
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  async remove(): Promise<void> {
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The steps of a run as `create Type name`, in order of execution, without components and providers. */
export function stepsInOrder({ steps }: RunResult): string[] {
  return steps
    .filter(({ type }) => !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:"))
    .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
}
