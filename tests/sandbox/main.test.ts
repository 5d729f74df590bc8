import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { readArguments } from "../../sandbox/arguments.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const sandbox = async (...args: readonly string[]) => {
  const { stdout, stderr, exitCode } = await execa({
    cwd: PROJECT_FOLDER,
    reject: false,
    stripFinalNewline: false,
  })(process.execPath, ["sandbox/main.ts", ...args]);
  return { stdout, stderr: stderr.replaceAll(PROJECT_FOLDER, "."), exitCode };
};

test.each(["--help", "-h"])("%s prints the usage, with the defaults", async (flag) => {
  const { stdout, stderr, exitCode } = await sandbox(flag);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stdout).toMatch(/^Usage: node sandbox\/main\.ts \[options\]\n/);
  expect(stdout.match(/^ {2}(?:-h, )?--.*$/gm)).toEqual([
    "  --stack=<name>     the stack, read from Pulumi.<name>.yaml (default: ozilab)",
    "  --do=<operations>  one or more of preview, up, refresh, destroy (default: preview up)",
    "  -h, --help         print this text",
  ]);
});

test("without options, the sandbox runs the documented defaults", () => {
  expect(readArguments([])).toEqual({ stack: "ozilab", operations: ["preview", "up"], help: false });
});

describe("rejects without a stack trace", () => {
  const message = (...lines: readonly string[]) => ({
    stdout: "",
    stderr: `${["the command has 1 issue", "", ...lines].join("\n")}\n`,
    exitCode: 1,
  });

  test("an unknown operation", async () => {
    expect(await sandbox("--do", "preview apply")).toEqual(
      message(
        "  DO",
        '    found:   "apply"',
        "    allowed: preview, up, refresh, destroy",
        "    fix:     choose one or more of these, separated by spaces",
      ),
    );
  });

  test.each([[["--bogus"]], [["up"]], [["--help=yes"]], [["--stack"]]])("the arguments %j", async (args) => {
    expect(await sandbox(...args)).toEqual(
      message(
        "  arguments",
        `    found:   ${args.map((argument) => JSON.stringify(argument)).join(" ")}`,
        "    allowed: --stack=<name>, --do=<operations> and --help",
        "    fix:     remove everything else; a value that starts with a dash needs the =",
      ),
    );
  });

  test("an unknown stack", async () => {
    expect(await sandbox("--stack", "nowhere")).toEqual(
      message(
        "  STACK",
        '    found:   "nowhere"',
        "    allowed: a stack with a file in this folder: ozilab, tazlab",
        "    fix:     choose one of these, or create Pulumi.nowhere.yaml",
      ),
    );
  });
});
