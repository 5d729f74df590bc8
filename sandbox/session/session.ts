import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  LocalWorkspace,
  type OutputMap,
  type PulumiCommand,
  Stack,
} from "@pulumi/pulumi/automation/index.js";
import { Simulators } from "../host/simulators.ts";
import { worldOfCluster } from "../world/cluster-world.ts";
import type { World } from "../world/world.ts";
import { WORLD_FILE, WorldFile } from "../world/world-file.ts";
import { ProvidersDied } from "./providers-died.ts";
import { clearStaleLocks } from "./locks.ts";
import { Observations } from "./observations.ts";
import { perform } from "./perform.ts";
import { copySettings, readSettings, type StackSettings } from "./stack-settings.ts";

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** What the engine runs; its result becomes the stack's outputs. Called anew for every operation. */
export type Program = () => unknown;

export interface RunOptions {
  /** Goes on with whatever does not depend on what failed. */
  readonly continueOnError?: boolean;
  /** Hears of each step when it begins; a step that changes nothing is `same`. */
  readonly onStart?: (step: Step) => void;
}

export interface SessionOptions {
  readonly engine: PulumiCommand;
  /**
   * The sandbox's state: the simulated world, the stacks' states, logs. Stacks of one folder share the world, but
   * for the cluster, of which each has its own, and the tailnet where they name different ones.
   */
  readonly folder: string;
  /** Holds Pulumi.yaml and the stacks' files. */
  readonly projectFolder: string;
  readonly stack: string;
  readonly program: Program;
  /**
   * Whether the state is written after every step, as it is by default. The engine's file backend writes all of
   * it each time, which at a thousand resources takes far longer than the program: without, it is written at
   * the end alone, and what a run was cut off in is lost.
   */
  readonly checkpoints?: boolean;
  /** Gets the engine's progress display. */
  readonly onOutput?: (text: string) => void;
}

/** One thing that the engine did, or would do. */
export interface Step {
  /** `create`, `update`, `delete`, `create-replacement`, `same`, … */
  readonly op: string;
  readonly type: string;
  readonly name: string;
}

export interface RunResult {
  readonly ok: boolean;
  /** What the engine reported as an error, each after the name of the resource that it is about. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** In the order in which they were done or would be, without resources that stay as they are. */
  readonly steps: readonly Step[];
  readonly outputs: OutputMap;
  /** All that the engine printed. */
  readonly log: string;
}

/** Secrets of a sandbox are stand-ins, so that its key need not be one. */
const PASSPHRASE = "sandbox";

/** One stack on the real Pulumi engine, against the simulated systems. */
export class Session {
  private readonly options: SessionOptions;
  private stack: Stack | undefined;
  private simulators: Simulators | undefined;

  constructor(options: SessionOptions) {
    this.options = options;
  }

  /**
   * Runs one operation of the engine. A failed update is a result like any other.
   *
   * @throws Error if the sandbox itself is in the way: no such stack, locked by another run, state of another
   * version, simulated providers that died
   */
  async run(operation: Operation, runOptions: RunOptions = {}): Promise<RunResult> {
    const { folder, stack: stackName } = this.options;
    mkdirSync(this.backend, { recursive: true });
    const settings = this.settings();
    copySettings(settings, stackName, this.work);
    for (const notice of clearStaleLocks(this.backend, settings.project, stackName))
      this.print(`${notice}\n`);
    const simulators = this.simulators?.running ? this.simulators : await Simulators.start(folder);
    this.simulators = simulators;
    const { providers, tailnet } = settings;
    await simulators.begin({ settings: providers, cluster: stackName, tailnet });
    const stack = await this.select(settings);
    stack.workspace.envVars = { ...stack.workspace.envVars, ...simulators.environment };
    const seen = new Observations();
    const print = (text: string) => {
      this.print(text);
    };
    const result = await perform(stack, operation, { ...runOptions, seen, print });
    if (!(await simulators.end())) {
      const { underWay } = seen;
      throw new ProvidersDied({ operation, underWay, world: this.worldFile, log: simulators.log });
    }
    return result;
  }

  /** The stack's settings as its files have them now. */
  settings(): StackSettings {
    return readSettings(this.options.projectFolder, this.options.stack);
  }

  /** Looks at the world between runs, or breaks it: what is changed is kept. Cluster and tailnet are the stack's own. */
  world<T>(use: (world: World) => T): T {
    const world = WorldFile.open(this.worldFile);
    const result = use(worldOfCluster(world, this.options.stack, this.settings().tailnet));
    world.save();
    return result;
  }

  /** The text of the stack's state, as it lies on the disk. */
  stateText(): string {
    const { project } = this.settings();
    const file = join(this.backend, ".pulumi", "stacks", project, `${this.options.stack}.json`);
    return readFileSync(file, "utf8");
  }

  /** What the simulated providers wrote on standard error. */
  get providersLog(): readonly string[] {
    return this.simulators?.log ?? [];
  }

  async close(): Promise<void> {
    await this.simulators?.stop();
  }

  private get backend(): string {
    return join(this.options.folder, "state");
  }

  private get worldFile(): string {
    return join(this.options.folder, WORLD_FILE);
  }

  private get work(): string {
    return join(this.options.folder, "work");
  }

  private print(text: string): void {
    this.options.onOutput?.(text);
  }

  private async select({ secrets }: StackSettings): Promise<Stack> {
    if (this.stack === undefined) {
      const workspace = await LocalWorkspace.create({
        workDir: this.work,
        pulumiHome: join(this.options.folder, "home"),
        pulumiCommand: this.options.engine,
        program: async () => ({ ...((await this.options.program()) as object | undefined) }),
        secretsProvider: "passphrase",
        envVars: {
          PULUMI_BACKEND_URL: pathToFileURL(this.backend).href,
          PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
          PULUMI_SKIP_UPDATE_CHECK: "true",
          // Whatever is not simulated must fail, not be downloaded.
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
          PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
          ...(this.options.checkpoints === false && {
            PULUMI_EXPERIMENTAL: "true",
            PULUMI_SKIP_CHECKPOINTS: "true",
          }),
        },
      });
      this.stack = await Stack.createOrSelect(this.options.stack, workspace);
    }
    if (secrets.length > 0) {
      const values = secrets.map(({ path, value }) => [path, { value, secret: true }]);
      await this.stack.setAllConfig(Object.fromEntries(values) as Record<string, { value: string }>, true);
    }
    return this.stack;
  }
}
