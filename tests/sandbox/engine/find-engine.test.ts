import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, test, vi } from "vitest";
import { ENGINE_SOURCES, findEngine } from "../../../sandbox/engine/find-engine.ts";

const engine = await findEngine();

test("takes the first source that works and tries no other", async () => {
  const tried: string[] = [];
  const source = (name: string, works: boolean) => ({
    name,
    find: () => {
      tried.push(name);
      return works ? Promise.resolve(engine) : Promise.reject(new Error("no"));
    },
  });
  expect(await findEngine([source("path", false), source("download", true), source("build", true)])).toBe(
    engine,
  );
  expect(tried).toEqual(["path", "download"]);
});

test("names every source and why it failed if none works", async () => {
  const sources = ["a", "b"].map((name) => ({
    name,
    find: () => Promise.reject(new Error(`${name} is not there\nand more`)),
  }));
  await expect(findEngine(sources)).rejects.toThrow(
    [
      "no Pulumi engine was found; provide one of these:",
      "  - a: a is not there",
      "  - b: b is not there",
    ].join("\n"),
  );
});

test("quotes the standard error of a failed command", async () => {
  const message = "code: 1\n stdout: \n stderr: Command failed with ENOENT: spawn pulumi ENOENT\n err?: x\n";
  const sources = [{ name: "path", find: () => Promise.reject(new Error(message)) }];
  await expect(findEngine(sources)).rejects.toThrow("  - path: ENOENT: spawn pulumi ENOENT");
});

test("looks on PATH, then downloads, then builds", () => {
  expect(ENGINE_SOURCES.map(({ name }) => name)).toEqual([
    "pulumi 3.256.0 or newer, of major version 3, on PATH",
    "pulumi 3.256.0 downloaded by the Pulumi Automation API",
    "pulumi 3.256.0 built from tools/engine with Go",
  ]);
});

test("rejects an engine on PATH that is too old", async () => {
  const folder = await mkdtemp(join(tmpdir(), "engine-"));
  await writeFile(join(folder, "pulumi"), "#!/bin/sh\necho v3.255.9\n");
  await chmod(join(folder, "pulumi"), 0o755);
  vi.stubEnv("PATH", [folder, process.env["PATH"]].join(delimiter));
  try {
    await expect(findEngine(ENGINE_SOURCES.slice(0, 1))).rejects.toThrow(
      "on PATH: Minimum version requirement failed. The minimum CLI version requirement is 3.256.0",
    );
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});
