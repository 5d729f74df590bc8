import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { hostExpressions } from "../components/edge/host-expression.ts";
import { buildPolicy } from "../components/tailnet/policy/policy.ts";
import program from "../index.ts";
import { findEngine } from "../sandbox/engine/find-engine.ts";
import { type Operation, type Program, Session } from "../sandbox/session/session.ts";
import { surroundingsOf } from "../sandbox/session/surroundings.ts";
import { callCounts } from "../sandbox/world/api.ts";
import { seed } from "../sandbox/world/seed.ts";
import { flatProgram } from "./flat-program.ts";
import type { Calls, Way } from "./sandbox-table.ts";

const ROOT = resolve(import.meta.dirname, "..");

/** A size of the stack: hostnames are dealt to the zones in turn. */
export interface Size {
  readonly hostnames: number;
  readonly zones: number;
}

/** One stack in a project, a world and a state of its own. */
export class BenchStack {
  private readonly folder: string;
  private readonly session: Session;
  private current: Program = () => ({});

  private constructor(folder: string, engine: Awaited<ReturnType<typeof findEngine>>) {
    this.folder = folder;
    this.session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack: "ozilab",
      program: () => this.current(),
      checkpoints: false,
    });
  }

  /** Everything is started, and the empty stack is there, before anything is measured. */
  static async start(way: Way, size: Size): Promise<BenchStack> {
    const folder = await mkdtemp(join(tmpdir(), "bench-"));
    await writeFile(join(folder, "Pulumi.yaml"), await readFile(join(ROOT, "Pulumi.yaml")));
    // The release names its post-renderer by a path in the project.
    await symlink(join(ROOT, "components"), join(folder, "components"));
    const stack = new BenchStack(folder, await findEngine());
    await stack.configure(size);
    const around = surroundingsOf(stack.session.settings());
    stack.session.world((world) => {
      seed(world, around);
    });
    await stack.run("up");
    stack.current = await programOf(way, size);
    return stack;
  }

  /** Writes the stack's file for that size. */
  async configure(size: Size): Promise<void> {
    const zones = zonesOf(size);
    const file = parse(await readFile(join(ROOT, "Pulumi.ozilab.yaml"), "utf8")) as {
      config: Record<string, object>;
    };
    const edge = "tailnet-edge:publicEdge";
    file.config[edge] = {
      ...file.config[edge],
      zones: zones.map(({ name }) => name),
      hostnames: zones.flatMap(({ hosts }) => hosts),
    };
    await writeFile(join(this.folder, "Pulumi.ozilab.yaml"), stringify(file));
  }

  /** @returns seconds, and the API calls by operation */
  async run(operation: Operation): Promise<{ seconds: number; calls: Calls }> {
    const before = this.session.world(callCounts);
    const start = performance.now();
    const { ok, errors } = await this.session.run(operation);
    const seconds = (performance.now() - start) / 1000;
    if (!ok) throw new Error(`the ${operation} failed: ${errors.join("; ")}`);
    const after = Object.entries(this.session.world(callCounts));
    const calls = after.map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
    return { seconds, calls: Object.fromEntries(calls.filter(([, count]) => count > 0)) };
  }

  async remove(): Promise<void> {
    await this.session.close();
    await rm(this.folder, { recursive: true });
  }
}

function zonesOf(size: Size): { name: string; hosts: string[] }[] {
  return Array.from({ length: Math.min(size.zones, size.hostnames) }, (_, zone) => {
    const count = Math.ceil((size.hostnames - zone) / size.zones);
    const name = `zone${zone}.example`;
    return { name, hosts: Array.from({ length: count }, (_, host) => `app${host}.${name}`) };
  });
}

async function programOf(way: Way, size: Size): Promise<Program> {
  if (way === "ozilab") return program;
  if (way === "empty") return () => ({});
  const source = "stacks/ozilab.policy.hujson";
  const acl = buildPolicy(
    {
      operatorTag: "tag:k8s-operator",
      defaultProxyTags: ["tag:k8s"],
      exposures: [
        {
          name: "ozilab-edge",
          tags: ["tag:k8s"],
          ports: [443],
          allowFrom: ["group:platform"],
          funnel: true,
        },
      ],
    },
    { source, text: await readFile(join(ROOT, source), "utf8") },
  );
  const zones = zonesOf(size).map((zone) => ({ ...zone, expressions: hostExpressions(zone.hosts) }));
  return () => {
    flatProgram(acl, zones);
  };
}
