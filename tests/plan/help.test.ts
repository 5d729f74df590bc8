import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

/** The programs of the Makefile that take no options. The benchmarks' options have a test of their own. */
const PLAIN = ["stacks/config/write-json-schema.ts", "tests/build-tools.ts", "tools/workflows/lint.ts"];

const makefile = readFileSync(join(PROJECT_FOLDER, "Makefile"), "utf8");
const commands = [...new Set(makefile.match(/(?<=\bnode )[a-z/-]+\.ts/g))].filter(
  (file) => !PLAIN.includes(file) && !file.startsWith("bench/"),
);

test("the Makefile has commands with options", () => {
  expect(commands).toContain("plan/main.ts");
  expect(commands).toContain("sandbox/rehearse/main.ts");
});

test.each(commands)("%s answers --help with its usage, and does nothing else", async (file) => {
  const { stdout, stderr, exitCode } = await execa({ cwd: PROJECT_FOLDER, reject: false })(process.execPath, [
    file,
    "--help",
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  const [usage = ""] = stdout.split("\n");
  expect(usage.startsWith(`Usage: node ${file} `) && usage.endsWith(" [options]"), usage).toBe(true);
  expect(stdout).toMatch(/^ {2}-h, --help {2,}print this text$/m);
});
