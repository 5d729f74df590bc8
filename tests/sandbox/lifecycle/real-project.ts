import { copyFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { stringify } from "yaml";
import program from "../../../index.ts";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import type { Plan } from "../../../sandbox/providers/cloudflare/zones.ts";
import { Session } from "../../../sandbox/session/session.ts";
import { surroundingsOf } from "../../../sandbox/session/surroundings.ts";
import { seed } from "../../../sandbox/world/seed.ts";
import { World, WORLD_FILE } from "../../../sandbox/world/world.ts";

const REPOSITORY = resolve(import.meta.dirname, "..", "..", "..");

type Hostname = string | { readonly host: string; readonly via: unknown };

/** What a test changes of the ozilab stack. */
export interface Changes {
  readonly chartVersion?: string;
  readonly serial?: number;
  readonly zones?: readonly string[];
  readonly hostnames?: readonly Hostname[];
}

/** The real program with the ozilab stack's configuration, changed from run to run, on a world of its own. */
export class RealProject {
  readonly folder: string;
  readonly stack: string;
  readonly session: Session;
  private readonly texts: string[] = [];

  private constructor(folder: string, stack: string, engine: Awaited<ReturnType<typeof findEngine>>) {
    this.folder = folder;
    this.stack = stack;
    this.session = new Session({
      engine,
      folder: join(folder, ".sandbox"),
      projectFolder: folder,
      stack,
      program,
    });
  }

  static async create(plans: Readonly<Record<string, Plan>> = {}): Promise<RealProject> {
    const folder = await mkdtemp(join(tmpdir(), "lifecycle-"));
    copyFileSync(join(REPOSITORY, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    // Helm's post-renderer is started from the project's folder.
    symlinkSync(join(REPOSITORY, "components"), join(folder, "components"));
    const project = new RealProject(folder, "test", await findEngine());
    project.surround(plans);
    return project;
  }

  /** Starts afresh: another world, and no stack. */
  reset(plans: Readonly<Record<string, Plan>> = {}): void {
    const sandbox = join(this.folder, ".sandbox");
    for (const file of [WORLD_FILE, `${WORLD_FILE}.journal`]) rmSync(join(sandbox, file), { force: true });
    const file = join(sandbox, "state", ".pulumi", "stacks", "tailnet-edge", `${this.stack}.json`);
    if (existsSync(file)) {
      const state = JSON.parse(readFileSync(file, "utf8")) as {
        checkpoint: { latest: Record<string, unknown> };
      };
      state.checkpoint.latest = { ...state.checkpoint.latest, resources: [], pending_operations: [] };
      writeFileSync(file, JSON.stringify(state));
    }
    this.surround(plans);
  }

  configure(changes: Changes = {}): void {
    const { chartVersion = "1.96.5", serial = 1 } = changes;
    const { zones = ["example.com"], hostnames = ["app.example.com"] } = changes;
    const config = {
      "tailnet-edge:tailnet": {
        name: "tail1234.ts.net",
        policy: "managed",
        basePolicy: "stacks/ozilab.policy.hujson",
      },
      "tailnet-edge:operator": {
        chartVersion,
        hostname: "ozilab-operator",
        credential: { kind: "oauth", serial },
      },
      "tailnet-edge:publicEdge": {
        funnel: {
          hostname: "ozilab-edge",
          backend: { namespace: "traefik", service: "traefik", port: 443 },
          allowFrom: ["group:platform"],
        },
        zones,
        hostnames,
      },
    };
    writeFileSync(join(this.folder, `Pulumi.${this.stack}.yaml`), stringify({ config }));
  }

  private surround(plans: Readonly<Record<string, Plan>>): void {
    this.configure();
    const zones = ["example.com", "example.org"].map((name) => ({ name, plan: plans[name] ?? "enterprise" }));
    this.session.world((world) => {
      seed(world, { ...surroundingsOf(this.session.settings()), zones, patienceMs: 100 });
    });
  }

  /** Configures the stack and brings it up, which must succeed. @returns what was done, in order of name */
  async up(changes: Changes = {}): Promise<string[]> {
    return [...(await this.upInOrder(changes))].sort();
  }

  /** As `up`, with the operations in the order in which they were done. */
  async upInOrder(changes: Changes = {}): Promise<string[]> {
    this.configure(changes);
    const result = await this.run("up");
    if (!result.ok) throw new Error(`the up failed:\n${result.errors.join("\n")}`);
    return namesOf(result);
  }

  async run(operation: Parameters<Session["run"]>[0]) {
    const result = await this.session.run(operation);
    this.texts.push(result.log, this.session.stateText());
    return result;
  }

  /** All that the engine printed and all states that it wrote at the end of a run. */
  get written(): string {
    return this.texts.join("\n");
  }

  look<T>(use: (world: World) => T): T {
    return this.session.world(use);
  }

  async remove(): Promise<void> {
    await this.session.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

type Result = Awaited<ReturnType<Session["run"]>>;

/** `create name` and the like of real resources, in the order in which they were done. */
export function namesOf({ steps }: Result): string[] {
  return steps
    .filter(({ type }) => !type.startsWith("pulumi:") && !type.startsWith("tailnet-edge:"))
    .map(({ op, type, name }) => `${op} ${type.split(":").at(-1) ?? ""} ${name}`);
}
