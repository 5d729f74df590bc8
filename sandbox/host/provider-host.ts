import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { apiVariables, type Variables } from "../http/variables.ts";
import type { BeginMessage, HostAddress, HostAnswer, HostMessage } from "./host-message.ts";

interface Addresses {
  /** Of the APIs over HTTP. */
  readonly apis: string;
  /** Of the providers. */
  readonly port: string;
}

/** Pulumi packages whose providers are simulated. */
const PACKAGES = ["cloudflare", "kubernetes", "random", "tailscale"];

/**
 * The process that serves the simulated systems. It is a process of its own so that it can crash during a run, as
 * real providers do.
 */
export class ProviderHost {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #errors: readonly string[];
  readonly #folder: string;
  readonly #addresses: Addresses;

  private constructor(
    child: ChildProcess,
    exited: Promise<unknown>,
    errors: readonly string[],
    folder: string,
    addresses: Addresses,
  ) {
    this.#child = child;
    this.#exited = exited;
    this.#errors = errors;
    this.#folder = folder;
    this.#addresses = addresses;
  }

  /**
   * Starts the process. The operating system picks a free port.
   *
   * @param folder - of the sandbox's state
   * @throws Error with the process's standard error if it does not start
   */
  static async start(folder: string): Promise<ProviderHost> {
    const child = fork(join(import.meta.dirname, "serve.ts"), [folder], { silent: true });
    const errors: string[] = [];
    if (child.stdout === null || child.stderr === null) throw new Error("the provider host has no output");
    createInterface(child.stderr).on("line", (line) => errors.push(line));
    const exited = once(child, "exit");
    const started = Promise.all([
      once(child, "message") as Promise<[HostAddress]>,
      once(createInterface(child.stdout), "line") as Promise<[string]>,
    ]);
    const addresses = await Promise.race([started, exited.then(() => undefined)]);
    if (addresses === undefined) {
      throw new Error(`the simulated providers did not start:\n${errors.join("\n")}`);
    }
    const [[{ apis }], [port]] = addresses;
    return new ProviderHost(child, exited, errors, folder, { apis, port });
  }

  /**
   * Environment variables that make the engine use this process instead of starting plugins.
   *
   * @param others - addresses of providers that run elsewhere
   */
  providerVariables(stack: string, others: readonly string[] = []): Variables {
    const { port } = this.#addresses;
    const providers = [...PACKAGES.map((name) => `${name}:${port}`), ...others].join(",");
    return { PULUMI_DEBUG_PROVIDERS: providers, ...this.apiVariables(stack) };
  }

  /** Environment variables with which commands and local providers use a stack's systems over HTTP. */
  apiVariables(stack: string): Variables {
    return apiVariables(this.#addresses.apis, this.#folder, stack);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What the process wrote on standard error, line by line. */
  get log(): readonly string[] {
    return this.#errors;
  }

  /** Has the process load world.json, including changes made since the last run. */
  async begin(run: Omit<BeginMessage, "kind">): Promise<void> {
    if (await this.#send({ kind: "begin", ...run })) return;
    throw new Error(`the simulated providers have exited:\n${this.#errors.join("\n")}`);
  }

  /** Has the process save world.json. @returns false if the process crashed during the run */
  async end(): Promise<boolean> {
    return await this.#send({ kind: "end" });
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.#child.disconnect();
    await this.#exited;
  }

  /** @returns false if the process has exited, possibly while this waits for its answer */
  async #send(message: HostMessage): Promise<boolean> {
    if (!this.running) return false;
    const answered = once(this.#child, "message") as Promise<[HostAnswer]>;
    // A message that cannot be sent gets no answer; the exit of the process ends the wait.
    this.#child.send(message, () => undefined);
    const answer = await Promise.race([answered, this.#exited.then(() => undefined)]);
    if (answer === undefined) return false;
    const [{ error }] = answer;
    if (error !== undefined) throw new Error(error);
    return true;
  }
}
