import { copyFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { Session } from "../../../sandbox/session/session.ts";
import { surroundingsOf } from "../../../sandbox/session/surroundings.ts";
import { seed, type Surroundings } from "../../../sandbox/world/seed.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { LAST_RUN_FILE, WORLD_FILE } from "../../../sandbox/world/world-file.ts";

const REPOSITORY = resolve(import.meta.dirname, "..", "..", "..");

/** Makes a stack's configuration, with what a test changes of it. */
export type ConfigOf<Changes> = (changes: Partial<Changes>) => Readonly<Record<string, unknown>>;

export interface ProjectOptions<Changes> {
  readonly configOf: ConfigOf<Changes>;
  /** What is there beside what the configuration takes for granted. */
  readonly around?: Partial<Surroundings>;
}

/** The real program with a stack's configuration, changed from run to run, on a world of its own. */
export class RealProject<Changes extends object> {
  readonly folder: string;
  readonly stack: string;
  readonly session: Session;
  private readonly configOf: ConfigOf<Changes>;
  private readonly around: Partial<Surroundings>;
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
    });
  }

  static async create<Changes extends object>(
    options: ProjectOptions<Changes>,
  ): Promise<RealProject<Changes>> {
    const folder = await mkdtemp(join(tmpdir(), "lifecycle-"));
    copyFileSync(join(REPOSITORY, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    // Helm's post-renderer is started from the project's folder.
    symlinkSync(join(REPOSITORY, "components"), join(folder, "components"));
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
    const { sandbox } = this;
    for (const file of [WORLD_FILE, `${WORLD_FILE}.journal`, LAST_RUN_FILE])
      rmSync(join(sandbox, file), { force: true });
    const file = join(sandbox, "state", ".pulumi", "stacks", "tailnet-edge", `${this.stack}.json`);
    if (existsSync(file)) {
      const state = JSON.parse(readFileSync(file, "utf8")) as {
        checkpoint: { latest: Record<string, unknown> };
      };
      state.checkpoint.latest = { ...state.checkpoint.latest, resources: [], pending_operations: [] };
      writeFileSync(file, JSON.stringify(state));
    }
    this.surround();
  }

  configure(changes: Partial<Changes> = {}): void {
    const config = this.configOf(changes);
    writeFileSync(join(this.folder, `Pulumi.${this.stack}.yaml`), stringify({ config }));
  }

  private surround(): void {
    this.configure();
    this.session.world((world) => {
      const around = surroundingsOf(this.session.settings());
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

  async run(operation: Parameters<Session["run"]>[0]) {
    const result = await this.session.run(operation);
    this.texts.push(result.log, this.session.stateText());
    return result;
  }

  /** All that the engine printed and all states that it wrote at the end of a run. */
  get written(): string {
    return this.texts.join("\n");
  }

  look<T>(use: (world: World) => T): T {
    return this.session.world(use);
  }

  async remove(): Promise<void> {
    await this.session.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

type Result = Awaited<ReturnType<Session["run"]>>;

/** `create name` and the like of real resources, in the order in which they were done. */
export function namesOf({ steps }: Result): string[] {
  return steps
    .filter(({ type }) => !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:"))
    .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
}
