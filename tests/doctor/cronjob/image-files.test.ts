import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Report } from "../../../doctor/core/report.ts";
import { PROJECT_FOLDER } from "../../support/stack-config.ts";

let image: string;
beforeAll(async () => {
  image = await mkdtemp(join(tmpdir(), "image-"));
  const allowed = readFileSync(join(PROJECT_FOLDER, ".dockerignore"), "utf8")
    .split("\n")
    .flatMap((line) => /^!(.+)$/.exec(line)?.[1] ?? []);
  for (const path of allowed) cpSync(join(PROJECT_FOLDER, path), join(image, path), { recursive: true });
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(image, "node_modules"));
  // The CronJob mounts these.
  cpSync(join(PROJECT_FOLDER, "Pulumi.ozilab.yaml"), join(image, "Pulumi.ozilab.yaml"));
  await writeFile(join(image, "outputs.json"), JSON.stringify({}));
});
afterAll(() => rm(image, { recursive: true }));

/** Without any credential, and without a hostname, so no check asks anybody. */
const run = (...args: readonly string[]) =>
  execa({ cwd: image, reject: false, extendEnv: false, env: { PATH: "", HOME: image } })(process.execPath, [
    ...[join("doctor", "main.ts"), "--stack=ozilab", "--outputs=outputs.json"],
    ...args,
  ]);

test("the image has every file that a run of the doctor loads", async () => {
  const { stdout, stderr, exitCode } = await run("--format=json", "--metrics=doctor.prom");
  expect(stderr).toBe("");
  expect(exitCode).toBe(2);
  const { results } = JSON.parse(stdout) as Report;
  expect(results).toHaveLength(16);
  // Of every system, so that its client was loaded.
  for (const { status, evidence } of results) {
    expect(status).toBe("unknown");
    expect(evidence).not.toContain("the check itself failed");
  }
  expect(readFileSync(join(image, "doctor.prom"), "utf8")).toContain("\n");
});

test("the image has what the page needs", async () => {
  const { stdout, stderr } = await run("--format=html");
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
});
