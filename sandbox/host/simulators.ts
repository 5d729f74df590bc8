import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { ProviderSettings } from "../providers/provider-settings.ts";

/** What the session tells the process that serves the simulated systems. */
export type HostMessage =
  | BeginMessage
  /** The run is over: write the world down as one document. */
  | { readonly kind: "end" };

export interface BeginMessage {
  readonly kind: "begin";
  readonly settings: ProviderSettings;
  /** Which the Kubernetes provider is set up for. */
  readonly cluster: string;
  /** Which the Tailscale provider's credentials are for. */
  readonly tailnet: string;
}

/** The packages whose providers are simulated. */
const PACKAGES = ["cloudflare", "kubernetes", "random", "tailscale"];

/**
 * The simulated systems, in a process of their own: like real providers they can die in the middle of a run,
 * and like real APIs they remember what was done before.
 */
export class Simulators {
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown>;
  private readonly errors: readonly string[];
  private readonly port: number;

  private constructor(
    child: ChildProcess,
    exited: Promise<unknown>,
    errors: readonly string[],
    port: number,
  ) {
    this.child = child;
    this.exited = exited;
    this.errors = errors;
    this.port = port;
  }

  /**
   * Starts the process. Its port is one that the operating system finds free: none can be taken already.
   *
   * @param folder - of the sandbox's state
   * @throws Error with what the process said, if it did not come up
   */
  static async start(folder: string): Promise<Simulators> {
    const child = fork(join(import.meta.dirname, "serve.ts"), [folder], { silent: true });
    const errors: string[] = [];
    if (child.stdout === null || child.stderr === null) throw new Error("the simulators have no output");
    createInterface(child.stderr).on("line", (line) => errors.push(line));
    const exited = once(child, "exit");
    const port = await Promise.race([
      once(createInterface(child.stdout), "line").then(([line]) => Number(line)),
      exited.then(() => undefined),
    ]);
    if (port === undefined) {
      throw new Error(`the simulated providers did not start:\n${errors.join("\n")}`);
    }
    return new Simulators(child, exited, errors, port);
  }

  /** For the engine's environment: attaches it to this process instead of starting plugins. */
  get environment(): { readonly PULUMI_DEBUG_PROVIDERS: string } {
    return { PULUMI_DEBUG_PROVIDERS: PACKAGES.map((name) => `${name}:${this.port}`).join(",") };
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What the process wrote on standard error, line by line. */
  get log(): readonly string[] {
    return this.errors;
  }

  /** Reads the world, with whatever was changed in it since the last run. */
  async begin(run: Omit<BeginMessage, "kind">): Promise<void> {
    if (await this.tell({ kind: "begin", ...run })) return;
    throw new Error(`the simulated providers are gone:\n${this.errors.join("\n")}`);
  }

  /** Writes the world. @returns whether the process lived to the end of the run */
  async end(): Promise<boolean> {
    return await this.tell({ kind: "end" });
  }

  async stop(): Promise<void> {
    if (!this.running) return;
    this.child.disconnect();
    await this.exited;
  }

  /** @returns false if the process is gone, which may become known only while it is waited for */
  private async tell(message: HostMessage): Promise<boolean> {
    if (!this.running) return false;
    const answered = once(this.child, "message") as Promise<[{ error?: string }]>;
    // A message that cannot be sent has no answer: the process is about to have exited.
    this.child.send(message, () => undefined);
    const answer = await Promise.race([answered, this.exited.then(() => undefined)]);
    if (answer === undefined) return false;
    const [{ error }] = answer;
    if (error !== undefined) throw new Error(error);
    return true;
  }
}
