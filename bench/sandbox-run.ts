import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../sandbox/engine/find-engine.ts";
import { prerequisitesOf } from "../sandbox/prerequisites/prerequisites.ts";
import { seed } from "../sandbox/prerequisites/seed.ts";
import type { Operation } from "../sandbox/session/run.ts";
import { type Program, Session } from "../sandbox/session/session.ts";
import { callCounts } from "../sandbox/world/api.ts";
import { writeProject, writeStackFile } from "./bench-project.ts";
import {
  type AddedHostname,
  callsBeyond,
  type Life,
  type ProgramName,
  type Run,
  type Size,
} from "./sandbox-figures.ts";
import { nextHostname, programOf, zonesOf } from "./sandbox-programs.ts";

/**
 * Measures the life of one stack, in a project, a simulated world and a state of its own.
 *
 * @param then - does more with the stack before it is removed
 */
export async function live(
  name: ProgramName,
  size: Size,
  then: (stack: BenchStack, life: Life) => Promise<void> = () => Promise.resolve(),
): Promise<Life> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const stack = new BenchStack(folder, await findEngine());
  try {
    await stack.begin(name, size);
    const life = {
      preview: await stack.run("preview"),
      up: await stack.run("up"),
      "no-op up": await stack.run("up"),
    };
    await then(stack, life);
    return life;
  } finally {
    await stack.close();
    await rm(folder, { recursive: true });
  }
}

/** Adds a hostname to the ozilab stack of that size. */
export async function addHostname(stack: BenchStack, size: Size, noOp: Run): Promise<AddedHostname> {
  await stack.configure({ ...size, hostnames: size.hostnames + 1 });
  return { size, ...nextHostname(size), noOp, up: await stack.run("up") };
}

class BenchStack {
  readonly #folder: string;
  readonly #session: Session;
  #program: Program = () => ({});

  constructor(folder: string, engine: Awaited<ReturnType<typeof findEngine>>) {
    this.#folder = folder;
    this.#session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack: "ozilab",
      program: () => this.#program(),
      checkpoints: false,
    });
  }

  /** Starts everything and creates the empty stack, so that neither is measured. */
  async begin(name: ProgramName, size: Size): Promise<void> {
    await writeProject(this.#folder);
    await this.configure(size);
    const prerequisites = prerequisitesOf(this.#session.settings());
    this.#session.withWorld((world) => {
      seed(world, prerequisites);
    });
    await this.run("up");
    this.#program = programOf(name, size);
  }

  /** Writes the stack's file for that size. */
  async configure(size: Size): Promise<void> {
    await writeStackFile(this.#folder, zonesOf(size));
  }

  /** @throws Error if the operation fails */
  async run(operation: Operation): Promise<Run> {
    const before = this.#session.withWorld(callCounts);
    const start = performance.now();
    const { ok, errors, steps } = await this.#session.run(operation);
    const seconds = (performance.now() - start) / 1000;
    if (!ok) throw new Error(`the ${operation} failed: ${errors.join("; ")}`);
    const changes = steps
      .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? type} ${name}`)
      .sort();
    return { seconds, calls: callsBeyond(this.#session.withWorld(callCounts), before), changes };
  }

  async close(): Promise<void> {
    await this.#session.close();
  }
}
