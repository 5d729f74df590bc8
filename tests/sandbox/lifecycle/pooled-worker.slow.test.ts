import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { PoolMigration } from "../../../components/public-edge/pool-migrations.ts";
import { workerMigrations } from "../../../sandbox/providers/cloudflare/worker-migrations.ts";
import { workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import type { WorkerBundle } from "../../../worker/bundle.ts";
import { upKeepingRoutes } from "./hostname-routes.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

/** What a later version of this program changes: the scripts' text, and the classes of the Durable Objects. */
const version = vi.hoisted(() => ({ text: "", migrations: [] as PoolMigration[] }));
vi.mock("../../../worker/bundle.ts", async (load) => {
  const actual = await load<{
    readonly bundleWorker: () => WorkerBundle;
    readonly bundlePool: () => WorkerBundle;
  }>();
  const changed = (bundle: WorkerBundle) => ({ ...bundle, script: `${bundle.script}${version.text}` });
  return {
    bundleWorker: () => changed(actual.bundleWorker()),
    bundlePool: () => changed(actual.bundlePool()),
  };
});
vi.mock("../../../components/public-edge/pool-migrations.ts", async (load) => {
  const actual = await load<{ readonly POOL_MIGRATIONS: readonly PoolMigration[] }>();
  version.migrations.push(...actual.POOL_MIGRATIONS);
  return { ...actual, POOL_MIGRATIONS: version.migrations };
});

let project: RealProject<OzilabChanges>;

beforeAll(async () => {
  project = await RealProject.create({ configOf: ozilabConfig });
});

afterAll(async () => {
  await project.remove();
});

/** An up during which the hostname never stops working. @returns its steps at the Worker, in order */
async function up(connections: "single" | "pooled", settings: object = {}): Promise<string[]> {
  const steps = await upKeepingRoutes(project, { via: "worker", worker: { connections, ...settings } });
  return steps.filter((step) => / Workers/.test(step));
}

/** The live scripts, each with its latest migration. */
function live() {
  return project.withWorld((world) =>
    Object.fromEntries(
      [...workerScripts(world)].map(([name]) => [name, workerMigrations(world).get(name)?.tag]),
    ),
  );
}

const EDGE = "WorkersScript edge-worker-script";
const POOL = "WorkersScript edge-worker-pool-script";
const MIGRATED = "WorkersScript edge-worker-pool-v1";

/** One lifecycle: each test starts where the previous one ended. */
test("the first up uploads the migration, the pool and the Worker, and then routes the hostname", async () => {
  const steps = await up("pooled");
  expect(steps.filter((step) => !step.includes("Subdomain"))).toEqual([
    `create ${MIGRATED}`,
    `create ${POOL}`,
    `create ${EDGE}`,
    "create WorkersRoute app.example.com",
  ]);
  expect(live()).toEqual({ "ozilab-edge": undefined, "ozilab-edge-pool": "v1" });
  expect(await up("pooled")).toEqual([]);
});

test("a setting and a new text of the scripts are uploaded without a migration", async () => {
  expect(await up("pooled", { pool: { idleTimeout: 20 } })).toEqual([`update ${POOL}`]);
  version.text = "// changed";
  expect(await up("pooled", { pool: { idleTimeout: 20 } })).toEqual([`update ${POOL}`, `update ${EDGE}`]);
  expect(live()).toEqual({ "ozilab-edge": undefined, "ozilab-edge-pool": "v1" });
});

test("a new migration is sent once, with the live tag as the old one", async () => {
  version.migrations.push({ tag: "v2", step: { newSqliteClasses: ["Second"] } });
  const steps = await up("pooled", { pool: { idleTimeout: 20 } });
  expect(steps).toEqual(["create WorkersScript edge-worker-pool-v2", `delete ${MIGRATED}`]);
  expect(live()).toEqual({ "ozilab-edge": undefined, "ozilab-edge-pool": "v2" });
  version.text = "// changed again";
  expect(await up("pooled", { pool: { idleTimeout: 20 } })).toEqual([`update ${POOL}`, `update ${EDGE}`]);
  expect(live()).toEqual({ "ozilab-edge": undefined, "ozilab-edge-pool": "v2" });
});

test("single connections take the pool away after the Worker has stopped using it", async () => {
  const steps = await up("single");
  expect(steps[0]).toBe(`update ${EDGE}`);
  expect(steps).toContain(`delete ${POOL}`);
  expect(live()).toEqual({ "ozilab-edge": undefined });
});

test("pooled connections again send all migrations to the new script", async () => {
  await up("pooled");
  expect(live()).toEqual({ "ozilab-edge": undefined, "ozilab-edge-pool": "v2" });
  expect(await up("pooled")).toEqual([]);
});

test("destroy leaves no script", async () => {
  const { ok, errors } = await project.run("destroy");
  expect([ok, errors]).toEqual([true, []]);
  expect(live()).toEqual({});
});
