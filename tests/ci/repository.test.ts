import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { stacksOf, withCommit } from "../../ci/repository.ts";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "repository-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("reads who manages the policy from every stack's file, whatever it contains", () => {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  write(
    "Pulumi.managed.yaml",
    "config:\n  tailnet-edge:tailnet: { policy: managed, basePolicy: a.hujson }\n",
  );
  write("Pulumi.verified.yaml", "config:\n  tailnet-edge:tailnet: { policy: verified }\n");
  write("Pulumi.empty.yaml", "config: {}\n");
  write("Pulumi.broken.yaml", "config: [\n");
  write("Pulumi.yaml", "name: tailnet-edge\n");
  expect(stacksOf(folder).toSorted((one, other) => one.stack.localeCompare(other.stack))).toEqual([
    { stack: "broken", managesPolicy: false },
    { stack: "empty", managesPolicy: false, basePolicy: undefined },
    { stack: "managed", managesPolicy: true, basePolicy: "a.hujson" },
    { stack: "verified", managesPolicy: false, basePolicy: undefined },
  ]);
});

test.each([
  ["shares the installed packages of a commit with the same versions", "1.0.0", true],
  ["installs the packages of a commit with others", "1.0.1", false],
])("%s", async (_, version, isShared) => {
  const git = async (...args: readonly string[]) => {
    const identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
    await execa({ cwd: folder })("git", [...identity, ...args]);
  };
  const commit = async (lockVersion: string) => {
    const project = { name: "p", version: "1.0.0" };
    const lock = { ...project, version: lockVersion, lockfileVersion: 3, packages: { "": project } };
    writeFileSync(join(folder, "package.json"), JSON.stringify(project));
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
    await git("add", "package.json", "package-lock.json");
    await git("commit", "--quiet", "--allow-empty", "--message=Change");
  };
  await git("init", "--quiet", "--initial-branch=main");
  await commit("1.0.0");
  await commit(version);
  mkdirSync(join(folder, "node_modules", "shared"), { recursive: true });

  const found = await withCommit(folder, "HEAD^", (checkout) =>
    Promise.resolve(existsSync(join(checkout, "node_modules", "shared"))),
  );
  expect(found).toBe(isShared);
});
