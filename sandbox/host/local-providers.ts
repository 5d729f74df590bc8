import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { readYaml } from "../prerequisites/stack-settings.ts";
import { isRecord } from "../providers/values.ts";

interface RunningProvider {
  readonly name: string;
  readonly port: string;
  readonly child: ChildProcess;
}

export interface LocalProvidersOptions {
  /** Holds Pulumi.yaml, which names the providers and their folders. */
  readonly projectFolder: string;
  /** Where they run, as the engine would start them: it holds the stack's file. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The project's own providers, as processes that serve all operations of a session. The engine would start them anew for
 * each operation, which takes longer than most operations.
 */
export class LocalProviders {
  readonly #running: readonly RunningProvider[];

  private constructor(running: readonly RunningProvider[]) {
    this.#running = running;
  }

  /** @throws Error if one of them does not start */
  static async start({ projectFolder, ...place }: LocalProvidersOptions): Promise<LocalProviders> {
    const started = localPlugins(projectFolder).map(async ({ name, path }) =>
      startProvider(name, path, place),
    );
    return new LocalProviders(await Promise.all(started));
  }

  /** Where the engine finds them, as PULUMI_DEBUG_PROVIDERS lists it. */
  get addresses(): readonly string[] {
    return this.#running.map(({ name, port }) => `${name}:${port}`);
  }

  stop(): void {
    for (const { child } of this.#running) child.kill();
  }
}

async function startProvider(
  name: string,
  path: string,
  { folder, environment }: Omit<LocalProvidersOptions, "projectFolder">,
): Promise<RunningProvider> {
  const program = join(path, `pulumi-resource-${name}`);
  // In a process group of its own, as the engine starts it: Ctrl-C must not end it in the middle of a call.
  const child = spawn(program, {
    cwd: folder,
    env: environment,
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit").then(() => undefined);
  // A session that is not closed must not leave processes behind.
  const kill = () => child.kill();
  process.once("exit", kill);
  void exited.then(() => process.off("exit", kill));
  const line = once(createInterface(child.stdout), "line") as Promise<[string]>;
  const answer = await Promise.race([line, exited]);
  if (answer === undefined) throw new Error(`the provider ${name} did not start`);
  return { name, port: answer[0], child };
}

/** The providers in folders of the project, with absolute paths. Projects without any have none. */
export function localPlugins(
  projectFolder: string,
): readonly { readonly name: string; readonly path: string }[] {
  const { plugins } = readYaml(join(projectFolder, "Pulumi.yaml"));
  const providers = isRecord(plugins) ? (plugins["providers"] as { name: string; path: string }[]) : [];
  return providers.map(({ name, path }) => ({ name, path: resolve(projectFolder, path) }));
}
