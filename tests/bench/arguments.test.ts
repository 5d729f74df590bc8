import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { readDoctorArguments, readSandboxArguments } from "../../bench/arguments.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const run = (program: string, ...args: readonly string[]) =>
  execa(process.execPath, [program, ...args], { cwd: PROJECT_FOLDER, reject: false, timeout: 60_000 });

const programs = ["bench/sandbox.ts", "bench/worker.ts", "bench/worker-pool.ts", "bench/doctor.ts"];

describe.each(programs)("%s", (program) => {
  test.each(["--help", "-h"])("%s prints the usage and measures nothing", async (flag) => {
    const { stdout, stderr, exitCode } = await run(program, flag);
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toContain(`Usage: node ${program} [options]\n`);
    expect(stdout).toMatch(/^ {2}-h, --help +print this text$/m);
  });

  test("rejects an unknown option without a stack trace, and measures nothing", async () => {
    const { stdout, stderr, exitCode } = await run(program, "--bogus");
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
    expect(stderr).toContain('the command has 1 issue\n\n  arguments\n    found:   "--bogus"\n');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

test("the benchmark of the stack measures three rounds of up to 1000 hostnames by default", () => {
  expect(readSandboxArguments([])).toEqual({ rounds: 3, upTo: 1000, help: false });
  expect(readSandboxArguments(["--rounds=5", "--up-to", "100"])).toMatchObject({ rounds: 5, upTo: 100 });
});

test("the benchmark of the doctor measures seven rounds by default", () => {
  expect(readDoctorArguments([])).toEqual({ rounds: 7, help: false });
  expect(readDoctorArguments(["--rounds=2"])).toMatchObject({ rounds: 2 });
});

test.each([
  ["--rounds=0", "--rounds", '"0"'],
  ["--up-to=1.5", "--up-to", '"1.5"'],
  ["--up-to=many", "--up-to", '"many"'],
  ["--rounds=", "--rounds", '""'],
])("the benchmark of the stack rejects %s", (argument, path, found) => {
  expect(() => readSandboxArguments([argument])).toThrow(`  ${path}\n    found:   ${found}\n`);
});
