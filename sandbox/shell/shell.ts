import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { execa } from "execa";
import { backendUrl } from "../engine/backend-url.ts";
import { ProviderHost } from "../host/provider-host.ts";
import type { Variables } from "../http/variables.ts";
import { prerequisitesOf } from "../prerequisites/prerequisites.ts";
import { type Prerequisites, seed } from "../prerequisites/seed.ts";
import { readSettings } from "../prerequisites/stack-settings.ts";
import { worldOfCluster } from "../world/cluster-world.ts";
import { WORLD_FILE, WorldFile } from "../world/world-file.ts";
import type { World } from "../world/world.ts";
import { ENGINE_VARIABLE, FOLDER_VARIABLE } from "./variables.ts";

export interface ShellOptions {
  readonly engine: PulumiCommand;
  /** Folder of the sandbox's state. */
  readonly folder: string;
  /** Folder of the project in which the commands run. The engine writes the stack's files there. */
  readonly projectFolder: string;
}

export interface ShellResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs commands as a user types them. `pulumi` is the real engine with simulated providers, and the accounts and the
 * cluster of the other commands are the simulated ones of the stack that the line names.
 */
export class SandboxShell {
  readonly #options: ShellOptions;
  #host: ProviderHost | undefined;

  constructor(options: ShellOptions) {
    this.#options = options;
    const bin = join(options.folder, "bin");
    mkdirSync(bin, { recursive: true });
    mkdirSync(join(options.folder, "state"), { recursive: true });
    writeCommand(join(bin, "pulumi"), "pulumi.ts");
    writeCommand(join(bin, "pulumi-language-nodejs"), "language-plugin.ts");
  }

  /** Environment variables of the commands. */
  get environment(): Readonly<Record<string, string>> {
    const { engine, folder } = this.#options;
    return {
      PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
      PULUMI_BACKEND_URL: backendUrl(join(folder, "state")),
      PULUMI_HOME: join(folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "sandbox",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A provider that is not simulated must fail instead of being downloaded.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      [ENGINE_VARIABLE]: engine.command,
      [FOLDER_VARIABLE]: folder,
    };
  }

  /** Runs one line of bash in the project's folder. A failed command is a result, not an exception. */
  async run(line: string, variables: Readonly<Record<string, string>> = {}): Promise<ShellResult> {
    const { exitCode, stdout, stderr } = await execa({
      cwd: this.#options.projectFolder,
      env: { ...this.environment, ...(await this.#apiVariables(line)), ...variables },
      reject: false,
      stdin: "ignore",
    })("bash", ["-euo", "pipefail", "-c", line]);
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  /** Ends the process that serves the simulated systems. */
  async close(): Promise<void> {
    await this.#host?.stop();
  }

  /** Creates what a stack's configuration takes for granted. */
  prepare(stack: string, overrides: Partial<Prerequisites> = {}): void {
    const settings = readSettings(this.#options.projectFolder, stack);
    this.withWorld(stack, (world) => {
      seed(world, { ...prerequisitesOf(settings), ...overrides });
    });
  }

  /** Inspects or changes the world between commands, as a stack sees it. Changes are saved. */
  withWorld<T>(stack: string, use: (world: World) => T): T {
    const { folder, projectFolder } = this.#options;
    const file = WorldFile.open(join(folder, WORLD_FILE));
    const result = use(worldOfCluster(file, stack, readSettings(projectFolder, stack).tailnet));
    file.save();
    return result;
  }

  /** The process that serves the APIs is started for the first line that names a stack, and again after a crash. */
  async #apiVariables(line: string): Promise<Variables> {
    const [, stack] = NAMED_STACK.exec(line) ?? [];
    if (stack === undefined) return {};
    if (this.#host?.running !== true) this.#host = await ProviderHost.start(this.#options.folder);
    return this.#host.apiVariables(stack);
  }
}

/** `make explain STACK=ozilab`, `node explain/main.ts --stack=ozilab`. The command `pulumi` serves its own APIs. */
const NAMED_STACK = /\b(?:make|node)\b.*(?:\bSTACK=|--stack=)([\w.-]+)/;

/** Writes a command that runs a file of this folder. */
function writeCommand(path: string, file: string): void {
  const quoted = [process.execPath, join(import.meta.dirname, file)].map((part) => `'${part}'`).join(" ");
  writeFileSync(path, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  chmodSync(path, 0o755);
}
