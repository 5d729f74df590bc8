import { execa, ExecaError } from "execa";
import type { Report } from "./progress.ts";

/**
 * Environment of the go command. It needs no C compiler, and only the module's go.mod and go.sum decide what is built:
 * a go.work file of a parent folder or the user's GOFLAGS could change it.
 */
export const GO_ENVIRONMENT = { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };

export interface GoProgram {
  /** Folder of the Go module. */
  readonly module: string;
  /** Main package to build: `.` for the module's root, or the import path of a package that its go.mod requires. */
  readonly package: string;
  /** File to write the program to. */
  readonly output: string;
  /** Further linker flags, such as `-X importpath.name=value`. */
  readonly linkerFlags?: string;
  /** Receives how many modules are downloaded, then how many packages are compiled. */
  readonly report?: Report | undefined;
}

/** Compiles a Go program. Dependencies come from the Go module proxy and are checked against go.sum. */
export async function buildGoProgram(program: GoProgram): Promise<void> {
  const linkerFlags = `-ldflags=-s -w ${program.linkerFlags ?? ""}`;
  const options = ["-trimpath", "-buildvcs=false", linkerFlags, "-o", program.output];
  try {
    const total = await countPackages(program);
    let compiled = 0;
    const report = () => program.report?.(`${compiled} of up to ${total} packages compiled`);
    report();
    // With -v, go prints the path of each package that it compiles. Packages in its build cache are not printed.
    await runGo(program.module, ["build", "-v", ...options, program.package], (line) => {
      const isPackage = /^[^\s:]+$/.test(line);
      if (!isPackage) return true;
      compiled += 1;
      report();
      return false;
    });
  } catch (error) {
    if (error instanceof ExecaError && error.code === "ENOENT") {
      throw new Error(
        `the command go was not found on PATH: building ${program.module} needs Go 1.21 or newer (https://go.dev/dl)`,
        { cause: error },
      );
    }
    throw error;
  }
}

/** Downloads a program's missing modules. @returns the number of its packages, including the standard library's */
async function countPackages(program: GoProgram): Promise<number> {
  let downloaded = 0;
  const packages = await runGo(program.module, ["list", "-deps", program.package], (line) => {
    if (!line.startsWith("go: downloading ")) return true;
    downloaded += 1;
    program.report?.(`${downloaded} modules downloaded`);
    return false;
  });
  return packages.split("\n").length;
}

/**
 * Runs the go command.
 *
 * @param keepLine - sees each line of standard error, and says whether it belongs into the error of a failure
 * @returns standard output
 */
async function runGo(
  module: string,
  args: readonly string[],
  keepLine: (line: string) => boolean,
): Promise<string> {
  const { stdout } = await execa("go", args, {
    cwd: module,
    env: GO_ENVIRONMENT,
    stdin: "ignore",
    stderr: function* (line: unknown) {
      if (keepLine(String(line))) yield line;
    },
  });
  return stdout;
}
