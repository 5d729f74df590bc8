import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { LocalWorkspace, type PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import { backendUrl } from "../engine/backend-url.ts";
import { LocalProviders } from "../host/local-providers.ts";
import { ProviderHost } from "../host/provider-host.ts";
import { readSettings, type StackSettings } from "../prerequisites/stack-settings.ts";
import { worldOfCluster } from "../world/cluster-world.ts";
import { WORLD_FILE, WorldFile } from "../world/world-file.ts";
import type { World } from "../world/world.ts";
import { EventCollector } from "./event-collector.ts";
import { clearStaleLocks } from "./locks.ts";
import { ProviderCrash } from "./provider-crash.ts";
import { runOperation } from "./run-operation.ts";
import type { Operation, RunOptions, RunResult } from "./run.ts";
import { copySettings } from "./work-folder.ts";

/** What the engine runs, once for each operation. Its result becomes the stack's outputs. */
export type Program = () => unknown;

export interface SessionOptions {
  readonly engine: PulumiCommand;
  /**
   * Folder of the sandbox's state: world.json, the stacks' states, logs. Stacks with the same folder share one
   * Cloudflare account. Each has a cluster of its own; stacks that name the same tailnet share it.
   */
  readonly folder: string;
  /** Holds Pulumi.yaml and the stacks' files. */
  readonly projectFolder: string;
  readonly stack: string;
  readonly program: Program;
  /**
   * Whether the engine writes the state after every step; default true. Its file backend writes the whole state each
   * time, which takes far longer than the program for a thousand resources. With false it writes the state only at
   * the end, and an interrupted run loses its steps.
   */
  readonly checkpoints?: boolean;
  /** Receives the engine's progress display. */
  readonly onOutput?: (text: string) => void;
}

/** The sandbox holds placeholders instead of secrets, so its passphrase need not be secret. */
const PASSPHRASE = "sandbox";

/** Runs one stack on the real Pulumi engine, with simulated providers. */
export class Session {
  readonly #options: SessionOptions;
  #stack: Stack | undefined;
  #host: ProviderHost | undefined;
  #localProviders: LocalProviders | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * Runs one operation of the engine. A failed operation is a result, not an exception.
   *
   * @throws Error if the sandbox itself fails: unknown stack, locked by another run, world.json of another format,
   * crash of the simulated providers
   */
  async run(operation: Operation, options: RunOptions = {}): Promise<RunResult> {
    const { stack: stackName } = this.#options;
    mkdirSync(this.#backend, { recursive: true });
    const settings = this.settings();
    copySettings(settings, stackName, this.#workFolder);
    for (const notice of clearStaleLocks(this.#backend, settings.project, stackName)) {
      this.#print(`${notice}\n`);
    }
    const host = await this.#startHost();
    const { providers, tailnet } = settings;
    await host.begin({ settings: providers, cluster: stackName, tailnet });
    const [stack, { addresses }] = await Promise.all([this.#select(settings), this.#startLocal(host)]);
    const { workspace } = stack;
    workspace.envVars = { ...workspace.envVars, ...host.providerVariables(stackName, addresses) };
    const events = new EventCollector();
    const print = (text: string) => {
      this.#print(text);
    };
    const result = await runOperation(stack, operation, { ...options, events, print });
    if (!(await host.end())) {
      const { underWay } = events;
      throw new ProviderCrash({ operation, underWay, world: this.#worldFile, log: host.log });
    }
    return result;
  }

  /** Reads the stack's settings from its files. */
  settings(): StackSettings {
    return readSettings(this.#options.projectFolder, this.#options.stack);
  }

  /** Inspects or changes the world between runs, as this stack sees it. Changes are saved. */
  withWorld<T>(use: (world: World) => T): T {
    const world = WorldFile.open(this.#worldFile);
    const result = use(worldOfCluster(world, this.#options.stack, this.settings().tailnet));
    world.save();
    return result;
  }

  /** The stack's state file, unparsed. */
  stateText(): string {
    const { project } = this.settings();
    const file = join(this.#backend, ".pulumi", "stacks", project, `${this.#options.stack}.json`);
    return readFileSync(file, "utf8");
  }

  /** What the simulated providers wrote on standard error. */
  get providersLog(): readonly string[] {
    return this.#host?.log ?? [];
  }

  async close(): Promise<void> {
    this.#localProviders?.stop();
    await this.#host?.stop();
  }

  get #backend(): string {
    return join(this.#options.folder, "state");
  }

  get #worldFile(): string {
    return join(this.#options.folder, WORLD_FILE);
  }

  get #engineVariables(): Readonly<Record<string, string>> {
    const { command } = this.#options.engine;
    return {
      // The project's own providers run `pulumi config` to decrypt a setting.
      ...(isAbsolute(command) && { PATH: `${dirname(command)}${delimiter}${process.env["PATH"] ?? ""}` }),
      PULUMI_BACKEND_URL: backendUrl(this.#backend),
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A provider that is not simulated must fail instead of being downloaded.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
      ...(this.#options.checkpoints === false && {
        PULUMI_EXPERIMENTAL: "true",
        PULUMI_SKIP_CHECKPOINTS: "true",
      }),
    };
  }

  get #workFolder(): string {
    return join(this.#options.folder, "work");
  }

  #print(text: string): void {
    this.#options.onOutput?.(text);
  }

  /** The running process, or a new one after a crash, whose APIs have another address. */
  async #startHost(): Promise<ProviderHost> {
    if (this.#host?.running) return this.#host;
    this.#localProviders?.stop();
    this.#localProviders = undefined;
    this.#host = await ProviderHost.start(this.#options.folder);
    return this.#host;
  }

  async #startLocal(host: ProviderHost): Promise<LocalProviders> {
    const { projectFolder, stack } = this.#options;
    this.#localProviders ??= await LocalProviders.start({
      projectFolder,
      folder: this.#workFolder,
      environment: { ...process.env, ...this.#engineVariables, ...host.apiVariables(stack) },
    });
    return this.#localProviders;
  }

  async #select({ secrets }: StackSettings): Promise<Stack> {
    if (this.#stack === undefined) {
      const workspace = await LocalWorkspace.create({
        workDir: this.#workFolder,
        pulumiHome: join(this.#options.folder, "home"),
        pulumiCommand: this.#options.engine,
        program: async () => ({ ...((await this.#options.program()) as object | undefined) }),
        secretsProvider: "passphrase",
        envVars: { ...this.#engineVariables },
      });
      this.#stack = await Stack.createOrSelect(this.#options.stack, workspace);
    }
    if (secrets.length > 0) {
      const values = secrets.map(({ path, value }) => [path, { value, secret: true }]);
      await this.#stack.setAllConfig(Object.fromEntries(values) as Record<string, { value: string }>, true);
    }
    return this.#stack;
  }
}
