import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, onTestFinished, test } from "vitest";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

// The post-renderer's digest and the policy's text are inputs of resources, so they must not depend on the checkout.
test("a checkout has the same line ends on every system", async () => {
  const folder = mkdtempSync(join(tmpdir(), "line-ends-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  // Git's default on Windows.
  const git = (...args: readonly string[]) =>
    execa("git", ["-c", "core.autocrlf=true", ...args], { cwd: folder });
  const file = join(folder, "policy.hujson");
  copyFileSync(join(PROJECT_FOLDER, ".gitattributes"), join(folder, ".gitattributes"));
  writeFileSync(file, "{\n}\n");

  await git("init", "--quiet");
  await git("add", ".");
  rmSync(file);
  await git("checkout", "--", ".");
  expect(readFileSync(file, "utf8")).toBe("{\n}\n");
});
