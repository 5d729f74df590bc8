import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cachedTool } from "../../tools/cached-tool.ts";

let folder: string;
let source: string;
let cache: string;
let builds: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cached-tool-"));
  source = join(folder, "source");
  cache = join(folder, "cache");
  builds = 0;
  await mkdir(join(source, "inner"), { recursive: true });
  await writeFile(join(source, "main.go"), "one");
  await writeFile(join(source, "inner", "part.go"), "two");
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const build = async (into: string): Promise<void> => {
  builds += 1;
  await writeFile(join(into, "tool"), await readFile(join(source, "main.go")));
};

const tool = (): Promise<string> => cachedTool({ name: "demo", source, build }, cache);

test("builds an unchanged source once", async () => {
  const built = await tool();
  expect(await tool()).toBe(built);
  expect(builds).toBe(1);
  expect(basename(built)).toMatch(/^demo-[0-9a-f]{16}$/);
  expect(await readFile(join(built, "tool"), "utf8")).toBe("one");
});

test.each([
  ["changed", () => writeFile(join(source, "inner", "part.go"), "three")],
  ["added", () => writeFile(join(source, "go.sum"), "")],
  ["removed", () => rm(join(source, "inner", "part.go"))],
  ["moved", () => writeFile(join(source, "part.go"), "two").then(() => rm(join(source, "inner", "part.go")))],
])("builds again after a file was %s, and keeps the old build", async (_, change) => {
  const before = await tool();
  await change();
  const after = await tool();
  expect(builds).toBe(2);
  expect((await readdir(cache)).sort()).toEqual([basename(before), basename(after)].sort());
});

test("concurrent builds return the same complete folder and leave nothing else", async () => {
  const folders = await Promise.all([tool(), tool(), tool()]);
  expect(new Set(folders).size).toBe(1);
  expect(await readdir(cache)).toEqual(folders.slice(0, 1).map((built) => basename(built)));
});

test("a failed build leaves nothing, and the next call builds again", async () => {
  const failing = async (into: string): Promise<void> => {
    await writeFile(join(into, "half"), "");
    throw new Error("out of memory");
  };
  await expect(cachedTool({ name: "demo", source, build: failing }, cache)).rejects.toThrow("out of memory");
  expect(await readdir(cache)).toEqual([]);
  expect(await readFile(join(await tool(), "tool"), "utf8")).toBe("one");
});
