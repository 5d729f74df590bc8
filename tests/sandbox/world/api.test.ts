import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { apiCall, callCounts, injectFault } from "../../../sandbox/world/api.ts";
import { WorldFile } from "../../../sandbox/world/world-file.ts";

let folder: string;
let world: WorldFile;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "api-"));
});

beforeEach(() => {
  files += 1;
  world = WorldFile.open(join(folder, `${files}.json`));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("counts calls by operation", async () => {
  await apiCall(world, "x GET /a", () => 1);
  await apiCall(world, "x GET /a", () => 1);
  await apiCall(world, "x POST /a", () => 1);
  expect(callCounts(world)).toEqual({ "x GET /a": 2, "x POST /a": 1 });
});

test("injects a fault into the specified call and no other", async () => {
  injectFault(world, { operation: "x POST", after: 1, effect: { status: 500 } });
  const outcomes = [];
  for (const operation of ["x GET /a", "x POST /a", "x POST /b", "x POST /a"]) {
    outcomes.push(
      await apiCall(world, operation, () => "done").catch((error: unknown) => (error as Error).message),
    );
  }
  expect(outcomes).toEqual(["done", "done", "x POST /b: 500 Internal Server Error", "done"]);
});

test("retries as often as the provider does, and counts each call", async () => {
  injectFault(world, { operation: "x", times: 2, effect: { status: 429 } });
  expect(await apiCall(world, "x", () => "done", 2)).toBe("done");
  expect(callCounts(world)).toEqual({ x: 3 });
  injectFault(world, { operation: "x", times: 3, effect: { status: 429 } });
  await expect(apiCall(world, "x", () => "done", 2)).rejects.toThrow("x: 429 Too Many Requests");
});

test("a failed call has no effect, a slow one has its full effect", async () => {
  const created = world.table<string>("created");
  const create = () => {
    created.set("key", "value");
  };
  injectFault(world, { operation: "x", effect: { status: 500 } });
  await expect(apiCall(world, "x", create)).rejects.toThrow("500");
  expect(created.size).toBe(0);
  injectFault(world, { operation: "x", effect: { slowMs: 1 } });
  await apiCall(world, "x", create);
  expect(created.toJSON()).toEqual({ key: "value" });
});
