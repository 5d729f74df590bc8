import { existsSync } from "node:fs";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiCall } from "../../../sandbox/world/api.ts";
import { historyOfLastRun } from "../../../sandbox/world/history.ts";
import { readDocument, WorldFile } from "../../../sandbox/world/world-file.ts";

let folder: string;
const fileOf = (name: string) => join(folder, `${name}.json`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "world-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

test("saves one document and reads it back", async () => {
  const world = WorldFile.open(fileOf("saved"));
  world.table<number>("a").set("one", 1);
  world.table<string>("b").set("two", "2");
  world.table<string>("b").delete("two");
  world.save();
  expect(JSON.parse(await readFile(fileOf("saved"), "utf8"))).toEqual({
    format: 2,
    tables: { a: { one: 1 } },
  });
  expect(existsSync(`${fileOf("saved")}.journal`)).toBe(false);
  expect(WorldFile.open(fileOf("saved")).table("a").toJSON()).toEqual({ one: 1 });
});

test("keeps every completed call after a crash, and nothing of an incomplete one", async () => {
  const world = WorldFile.open(fileOf("died"));
  world.table<number>("a").set("kept", 1);
  world.table<number>("a").set("dropped", 1);
  world.commit();
  world.table<number>("a").delete("dropped");
  world.commit();
  world.table<number>("a").set("unfinished", 1);
  await appendFile(`${fileOf("died")}.journal`, '[["a","cut off",');
  const again = WorldFile.open(fileOf("died"));
  expect(again.table("a").toJSON()).toEqual({ kept: 1 });
  again.table<number>("a").set("later", 2);
  again.commit();
  expect(WorldFile.open(fileOf("died")).table("a").toJSON()).toEqual({ kept: 1, later: 2 });
});

test("appends only the changes of each call", async () => {
  const world = WorldFile.open(fileOf("growth"));
  for (let index = 0; index < 1000; index += 1) {
    world.table<number>("a").set(`key-${index}`, index);
    world.commit();
  }
  const lines = (await readFile(`${fileOf("growth")}.journal`, "utf8")).trimEnd().split("\n");
  expect(lines.length).toBe(1000);
  expect(lines.at(-1)).toBe('[["a","key-999",999]]');
});

test("replays the last run call by call until the next run begins", async () => {
  const own = join(folder, "runs");
  const file = join(own, "world.json");
  const history = (before: Parameters<typeof historyOfLastRun>[0]) =>
    Array.from(historyOfLastRun(before, own), ({ operation, world }) => [
      operation,
      { ...world.table("a").toJSON() },
    ]);

  const run = WorldFile.open(file);
  run.table<number>("a").set("before", 1);
  run.save();
  const before = readDocument(file);
  run.begin();
  await apiCall(run, "x POST /a", () => {
    run.table<number>("a").set("made", 2);
  });
  await apiCall(run, "x DELETE /a", () => {
    run.table<number>("a").delete("before");
  });
  run.save();
  const seen = [
    ["x POST /a", { before: 1, made: 2 }],
    ["x DELETE /a", { made: 2 }],
  ];
  expect(history(before)).toEqual(seen);

  const edited = WorldFile.open(file);
  edited.table<number>("a").set("by hand", 3);
  edited.save();
  expect(history(before)).toEqual(seen);

  const next = WorldFile.open(file);
  next.begin();
  expect(history(before)).toEqual([]);
  await apiCall(next, "x GET /a", () => undefined);
  // The process crashes here. Opening the world again merges its journal.
  WorldFile.open(file);
  expect(history(readDocument(file))).toEqual([["x GET /a", { made: 2, "by hand": 3 }]]);
});

test("rejects a document of another format and says what to do", async () => {
  await writeFile(fileOf("old"), '{"format": 0, "tables": {}}');
  expect(() => WorldFile.open(fileOf("old"))).toThrow(
    `${fileOf("old")} has format 0, but this version of the sandbox reads format 2\n` +
      `remove the folder ${folder} to start over, or destroy the stack with the version that wrote it`,
  );
});

test("runs the consequences of a change before it is recorded", () => {
  const world = WorldFile.open(fileOf("consequence"));
  world.onChange((changed) => {
    if (changed.has("cause")) world.table<string>("effect").set("it", "followed");
  });
  world.table<number>("cause").set("x", 1);
  world.commit();
  expect(WorldFile.open(fileOf("consequence")).table("effect").toJSON()).toEqual({ it: "followed" });
});

test("wakes a waiter at the next commit, or after the idle time", async () => {
  const world = WorldFile.open(fileOf("waiting"));
  const waiting = world.committedWithin(60_000);
  world.table<number>("a").set("x", 1);
  world.commit();
  expect(await waiting).toBe(true);
  expect(await world.committedWithin(1)).toBe(false);
});
