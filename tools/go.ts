import { execa, ExecaError } from "execa";

/**
 * Environment for the go command: no C compiler is needed, and nothing but the module's own go.mod and go.sum
 * decides what is built (a go.work file of a parent folder or flags of the user's could).
 */
export const GO_ENVIRONMENT = { CGO_ENABLED: "0", GOWORK: "off", GOFLAGS: "" };

export interface GoProgram {
  /** Folder of the Go module. */
  readonly module: string;
  /** Main package to build: `.` for the module's own, or the path of one that its go.mod requires. */
  readonly package: string;
  /** File to write the program to. */
  readonly output: string;
  /** Further linker flags, such as `-X importpath.name=value`. */
  readonly linkerFlags?: string;
}

/** Compiles a Go program. Dependencies come from the Go module proxy and are checked against go.sum. */
export async function buildGoProgram(program: GoProgram): Promise<void> {
  const linkerFlags = `-ldflags=-s -w ${program.linkerFlags ?? ""}`;
  const args = ["build", "-trimpath", "-buildvcs=false", linkerFlags, "-o", program.output, program.package];
  try {
    await execa("go", args, { cwd: program.module, env: GO_ENVIRONMENT, stdin: "ignore" });
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
