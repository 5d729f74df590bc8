import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { findEngine } from "../../sandbox/engine/find-engine.ts";
import { type Prerequisites, seed } from "../../sandbox/prerequisites/seed.ts";
import type { RunOptions, RunResult } from "../../sandbox/session/run.ts";
import { type Program, Session } from "../../sandbox/session/session.ts";
import type { World } from "../../sandbox/world/world.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";
import { resetStack } from "./stack-files.ts";

/** A project in a temporary folder of its own. Each run passes its program. */
export class InlineProject {
  readonly folder: string;
  readonly session: Session;
  #program: Program = () => ({});

  private constructor(folder: string, engine: Awaited<ReturnType<typeof findEngine>>) {
    this.folder = folder;
    this.session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack: "test",
      program: () => this.#program(),
    });
  }

  static async create(
    prerequisites: Partial<Prerequisites> = {},
    config: readonly string[] = [],
  ): Promise<InlineProject> {
    const folder = await mkdtemp(join(tmpdir(), "sandbox-"));
    const plugins = {
      providers: [{ name: "edge-rules", path: join(PROJECT_FOLDER, "providers/edge-rules") }],
    };
    await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: "inline", runtime: "nodejs", plugins }));
    await writeFile(
      join(folder, "Pulumi.test.yaml"),
      ["config:", ...config.map((line) => `  ${line}`)].join("\n"),
    );
    const project = new InlineProject(folder, await findEngine());
    project.#seed(prerequisites);
    return project;
  }

  /** Starts over with a new world and a stack without resources. */
  reset(prerequisites: Partial<Prerequisites>): void {
    resetStack({ sandbox: join(this.folder, ".sandbox"), project: "inline", stack: "test" });
    this.#seed(prerequisites);
  }

  /** Inspects or changes the world between runs. Changes are saved. */
  withWorld<T>(use: (world: World) => T): T {
    return this.session.withWorld(use);
  }

  #seed(prerequisites: Partial<Prerequisites>): void {
    this.session.withWorld((world) => {
      // Nothing takes time here: whatever is not ready after 100 ms never will be.
      seed(world, { tailnet: "tail1234.ts.net", patienceMs: 100, ...prerequisites });
    });
  }

  async up(program: Program, options?: RunOptions, operation: "preview" | "up" = "up"): Promise<RunResult> {
    this.#program = program;
    return await this.session.run(operation, options);
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

/** The steps of a run as `create name`, `update name`, …, sorted, without providers and the stack. */
export function stepsOf({ steps }: RunResult): string[] {
  return steps
    .filter(({ type }) => !type.startsWith("pulumi:"))
    .map(({ op, name }) => `${op} ${name}`)
    .sort();
}

/** Why resources failed, without the errors that the engine and the SDK add. */
export function failuresOf({ errors }: RunResult): string[] {
  return errors.filter((error) => !/update failed$|failed to register/.test(error)).sort();
}

class AnyResource extends pulumi.CustomResource {}

/** A resource of any type, valid or not. */
export function resource(
  type: string,
  name: string,
  inputs: pulumi.Inputs,
  opts?: pulumi.CustomResourceOptions,
): pulumi.CustomResource {
  return new AnyResource(type, name, inputs, opts);
}
