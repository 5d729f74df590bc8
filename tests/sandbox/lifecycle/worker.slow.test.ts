import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EdgeWorker } from "../../../components/public-edge/edge-worker.ts";
import type { PoolMigration } from "../../../components/public-edge/pool-migrations.ts";
import { WorkerPool } from "../../../components/public-edge/worker-pool.ts";
import { lookUpScript } from "../../../components/public-edge/worker-scripts.ts";
import { workerMigrations } from "../../../sandbox/providers/cloudflare/worker-migrations.ts";
import { type WorkerScript, workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import { accountsWithoutWorkersDev } from "../../../sandbox/providers/cloudflare/worker.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../inline-project.ts";

const ACCOUNT = "a".repeat(32);
const PREREQUISITES = { zones: [{ name: "example.com" }] };

let project: InlineProject;

beforeAll(async () => {
  project = await InlineProject.create(PREREQUISITES);
});

afterAll(async () => {
  await project.remove();
});

/** The cluster's Worker as a stack declares it. */
function worker(connections: "single" | "pooled", script = "export default {}") {
  return async () => {
    const bundle = { mainModule: "worker.js", compatibilityDate: "2026-10-23", script, files: {} } as const;
    const pooled = connections === "pooled";
    const live = pooled ? await lookUpScript(ACCOUNT, "edge-pool") : undefined;
    new EdgeWorker("edge-worker", {
      accountId: ACCOUNT,
      scriptName: "edge",
      bundle,
      funnel: "ozilab-edge.tail1234.ts.net",
      settings: {
        origins: [],
        connectTimeout: 10,
        responseTimeout: 100,
        pool: pooled ? { objects: 1, location: undefined, idleTimeout: 15 } : undefined,
      },
      ...(pooled && { pool: { scriptName: "edge-pool", bundle, liveTag: live?.migrationTag } }),
    });
  };
}

/** The steps of an `up` that must succeed, without those of components. */
async function up(program: () => unknown): Promise<string[]> {
  const run = await project.up(program);
  expect(run.errors).toEqual([]);
  return stepsOf(run).filter((step) => !/ edge-worker(-pool)?$/.test(step));
}

function live() {
  return project.session.withWorld((world) =>
    Object.fromEntries(
      [...workerScripts(world)].map(([name]) => [name, workerMigrations(world).get(name)?.tag]),
    ),
  );
}

function uploadByHand(script: Partial<WorkerScript>): void {
  project.session.withWorld((world) => {
    workerScripts(world).set("edge", { accountId: ACCOUNT, scriptName: "edge", ...script });
  });
}

/** One lifecycle: each test starts where the previous one ended. */
describe("a stack with a Worker", () => {
  test("starts with a connection for each request", async () => {
    expect(await up(worker("single"))).toEqual(["create edge-worker-script", "create edge-worker-subdomain"]);
    expect(await up(worker("single"))).toEqual([]);
  });

  test("goes to pooled connections: the pool's migration is sent once", async () => {
    expect(await up(worker("pooled"))).toEqual([
      "create edge-worker-pool-script",
      "create edge-worker-pool-v1",
      "update edge-worker-script",
    ]);
    expect(live()).toEqual({ edge: undefined, "edge-pool": "v1" });
    expect(await up(worker("pooled"))).toEqual([]);
  });

  test("uploads changed scripts without the migration", async () => {
    expect(await up(worker("pooled", "export default { changed: true }"))).toEqual([
      "update edge-worker-pool-script",
      "update edge-worker-script",
    ]);
    const contents = project.session.withWorld((world) =>
      [...workerScripts(world)].map(([, { content }]) => content),
    );
    for (const content of contents) expect(content).toContain("changed");
  });

  test("changes nothing after a refresh", async () => {
    expect((await project.refresh()).ok).toBe(true);
    expect(await up(worker("pooled", "export default { changed: true }"))).toEqual([]);
  });

  test("goes back to single connections, which deletes the pool, and to pooled ones again", async () => {
    const back = await up(worker("single"));
    expect(back).toContain("update edge-worker-script");
    expect(back).toContain("delete edge-worker-pool-script");
    expect(live()).toEqual({ edge: undefined });
    await up(worker("pooled"));
    expect(live()).toEqual({ edge: undefined, "edge-pool": "v1" });
  });

  test("is destroyed without a trace", async () => {
    expect((await project.destroy()).ok).toBe(true);
    expect(live()).toEqual({});
  });
});

describe("the pool's migrations", () => {
  const migrations: readonly PoolMigration[] = [
    { tag: "v1", step: { newSqliteClasses: ["OriginPool"] } },
    { tag: "v2", step: { renamedClasses: [{ from: "OriginPool", to: "Pool" }] } },
  ];
  const pool = (count: number) => async () => {
    const found = await lookUpScript(ACCOUNT, "edge-pool");
    new WorkerPool("pool", {
      script: {
        accountId: ACCOUNT,
        scriptName: "edge-pool",
        content: `// tailnet-edge: stack inline/test\n// ${count}`,
      },
      liveTag: found?.migrationTag,
      migrations: migrations.slice(0, count),
    });
  };

  test("a new tag is sent once, and keeps the script", async () => {
    project.reset(PREREQUISITES);
    await up(pool(1));
    await up(pool(2));
    expect(live()).toEqual({ "edge-pool": "v2" });
    expect(await up(pool(2))).toEqual([]);
    expect((await project.destroy()).ok).toBe(true);
    expect(live()).toEqual({});
  });

  test("a script that an interrupted update of this stack uploaded is adopted", async () => {
    project.reset(PREREQUISITES);
    project.session.withWorld((world) => {
      const content = "// tailnet-edge: stack inline/test";
      workerScripts(world).set("edge-pool", { accountId: ACCOUNT, scriptName: "edge-pool", content });
      workerMigrations(world).set("edge-pool", { tag: "v1", classes: ["OriginPool"] });
    });
    await up(pool(1));
    expect(live()).toEqual({ "edge-pool": "v1" });
  });

  test("Cloudflare refuses the provider's second upload of a migration: 10079", async () => {
    project.reset(PREREQUISITES);
    const script = (content: string) => () =>
      resource("cloudflare:index/workersScript:WorkersScript", "plain", {
        accountId: ACCOUNT,
        scriptName: "plain",
        content,
        migrations: { newTag: "v1", newSqliteClasses: ["OriginPool"] },
      });
    await up(script("first"));
    expect(failuresOf(await project.up(script("second")))).toEqual([
      "plain: 412 Precondition Failed: 10079 Actor migration tag precondition failed",
    ]);
  });
});

describe("a Worker's name", () => {
  beforeEach(() => {
    project.reset(PREREQUISITES);
  });

  test.each([
    ["a Worker uploaded by hand", "export default {}"],
    ["another cluster's Worker", "// tailnet-edge: stack tailnet-edge/other\nexport default {}"],
    ["the Worker of a stack with a longer name", "// tailnet-edge: stack inline/test-two\nexport default {}"],
  ])("that %s has is refused in the preview, and nothing is uploaded", async (_, content) => {
    uploadByHand({ content });
    for (const operation of ["preview", "up"] as const) {
      const run = await project.up(worker("single"), {}, operation);
      expect(run.ok).toBe(false);
      expect(run.errors.join("\n")).toContain("set publicEdge.worker.name to a free name");
    }
    expect(project.session.withWorld((world) => workerScripts(world).get("edge")?.content)).toBe(content);
  });
});

test("an account without a workers.dev subdomain fails with 10063, and the next up succeeds once it has one", async () => {
  project.reset(PREREQUISITES);
  project.session.withWorld((world) => {
    accountsWithoutWorkersDev(world).set(ACCOUNT, true);
  });
  const run = await project.up(worker("single"));
  expect(failuresOf(run).join()).toContain("10063 You need a workers.dev subdomain");
  project.session.withWorld((world) => {
    accountsWithoutWorkersDev(world).delete(ACCOUNT);
  });
  expect(await up(worker("single"))).toEqual(["create edge-worker-subdomain"]);
});
