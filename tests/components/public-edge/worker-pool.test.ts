import { expect, test } from "vitest";
import { pendingMigrations, POOL_MIGRATIONS } from "../../../components/public-edge/pool-migrations.ts";
import { bundlePool } from "../../../worker/bundle.ts";
import { cloudflare, edgeOf, inZone, ofType, SCRIPT, WORKER } from "./recorded-edge.ts";

const FREE = cloudflare({ "example.com": "free" });
const HOSTNAMES = [inZone("a.example.com", "example.com", "worker")];

function pooled(liveTag: string | undefined) {
  return edgeOf(HOSTNAMES, FREE, {
    ...WORKER,
    settings: {
      origins: ["b-edge.tail1234.ts.net"],
      connectTimeout: 5,
      responseTimeout: 20,
      pool: { objects: 2, location: "weur", idleTimeout: 30 },
    },
    pool: { scriptName: "ozilab-edge-pool", bundle: bundlePool(), liveTag },
  });
}

test("uploads the pool once with its migrations and ever after without, then the Worker that is bound to it", async () => {
  const scripts = ofType(await pooled(undefined), SCRIPT);
  expect(
    scripts.map(({ name, inputs, options }) => ({
      name,
      scriptName: inputs["scriptName"],
      migrations: inputs["migrations"],
      retained: options.retainOnDelete,
      ignored: options.ignoreChanges.length > 0,
    })),
  ).toEqual([
    {
      name: "edge-worker-pool-v1",
      scriptName: "ozilab-edge-pool",
      migrations: { newTag: "v1", steps: [{ newSqliteClasses: ["OriginPool"] }] },
      retained: true,
      ignored: true,
    },
    {
      name: "edge-worker-pool-script",
      scriptName: "ozilab-edge-pool",
      migrations: undefined,
      retained: false,
      ignored: false,
    },
    {
      name: "edge-worker-script",
      scriptName: "ozilab-edge",
      migrations: undefined,
      retained: false,
      ignored: false,
    },
  ]);
  expect(scripts[0]?.options.ignoreChanges).not.toContain("scriptName");
  expect(scripts[2]?.dependsOn).toContain(scripts[1]?.urn);
});

test("gives both scripts the Funnels in turn, the pool its times and the Worker the pool", async () => {
  const [, pool, worker] = ofType(await pooled("v1"), SCRIPT);
  const texts = (bindings: unknown) =>
    (bindings as { name: string; text?: string }[]).map(({ name, text }) => `${name} ${text ?? ""}`);
  expect(texts(pool?.inputs["bindings"])).toEqual([
    "ORIGIN ozilab-edge.tail1234.ts.net,b-edge.tail1234.ts.net",
    "CONNECT_TIMEOUT_MS 5000",
    "RESPONSE_TIMEOUT_MS 20000",
    "IDLE_TIMEOUT_MS 30000",
  ]);
  expect(texts(worker?.inputs["bindings"])).toEqual([
    "ORIGIN ozilab-edge.tail1234.ts.net,b-edge.tail1234.ts.net",
    "CONNECT_TIMEOUT_MS 5000",
    "RESPONSE_TIMEOUT_MS 20000",
    "POOL ",
    "POOL_OBJECTS 2",
    "POOL_LOCATION weur",
  ]);
});

test("sends only the migrations that the live script lacks", () => {
  const migrations = [
    { tag: "v1", step: { newSqliteClasses: ["A"] } },
    { tag: "v2", step: { renamedClasses: [{ from: "A", to: "B" }] } },
    { tag: "v3", step: { deletedClasses: ["B"] } },
  ];
  const [one, two, three] = migrations.map(({ step }) => step);
  expect(pendingMigrations(migrations, undefined)).toEqual({ newTag: "v3", steps: [one, two, three] });
  expect(pendingMigrations(migrations, "v1")).toEqual({ oldTag: "v1", newTag: "v3", steps: [two, three] });
  expect(pendingMigrations(migrations, "v3")).toBeUndefined();
});

test("keeps the migrations that were released", () => {
  expect(POOL_MIGRATIONS).toEqual([{ tag: "v1", step: { newSqliteClasses: ["OriginPool"] } }]);
});
