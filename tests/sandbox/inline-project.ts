import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { findEngine } from "../../sandbox/engine/find-engine.ts";
import { type Program, type RunOptions, type RunResult, Session } from "../../sandbox/session/session.ts";
import { type Prerequisites, seed } from "../../sandbox/prerequisites/seed.ts";
import { empty } from "./stack-files.ts";

/** A project of its own in a temporary folder, whose program each run brings along. */
export class InlineProject {
  readonly folder: string;
  readonly session: Session;
  private program: Program = () => ({});

  private constructor(folder: string, engine: Awaited<ReturnType<typeof findEngine>>) {
    this.folder = folder;
    this.session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack: "test",
      program: () => this.program(),
    });
  }

  static async create(
    around: Partial<Prerequisites> = {},
    config: readonly string[] = [],
  ): Promise<InlineProject> {
    const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
    await writeFile(join(folder, "Pulumi.yaml"), "name: inline\nruntime: nodejs\n");
    await writeFile(
      join(folder, "Pulumi.test.yaml"),
      ["config:", ...config.map((line) => `  ${line}`)].join("\n"),
    );
    const project = new InlineProject(folder, await findEngine());
    project.surround(around);
    return project;
  }

  /** Starts afresh: another world, and a stack without resources. */
  reset(around: Partial<Prerequisites>): void {
    empty({ sandbox: join(this.folder, ".sandbox"), project: "inline", stack: "test" });
    this.surround(around);
  }

  private surround(around: Partial<Prerequisites>): void {
    this.session.world((world) => {
      // Nothing here takes time, so that what is not ready in a moment never will be.
      seed(world, { tailnet: "tail1234.ts.net", patienceMs: 100, ...around });
    });
  }

  async up(program: Program, options?: RunOptions): Promise<RunResult> {
    this.program = program;
    return await this.session.run("up", options);
  }

  async refresh(): Promise<RunResult> {
    return await this.session.run("refresh");
  }

  async destroy(): Promise<RunResult> {
    return await this.session.run("destroy");
  }

  async remove(): Promise<void> {
    await this.session.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** `create name`, `update name`, … of a run, providers and the stack left out. */
export function stepsOf({ steps }: RunResult): string[] {
  return steps
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ op, name }) => `${op} ${name}`)
    .sort();
}

/** What resources failed of, without what the engine and the SDK say of it in addition. */
export function failuresOf({ errors }: RunResult): string[] {
  return errors.filter((error) => !/update failed$|failed to register/.test(error)).sort();
}

class AnyResource extends pulumi.CustomResource {}

/** Any resource, valid or not. */
export function resource(
  type: string,
  name: string,
  inputs: pulumi.Inputs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  return new AnyResource(type, name, inputs, opts);
}
