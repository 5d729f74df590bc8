import { RunError } from "@pulumi/pulumi";
import { ExecaError } from "execa";
import { GitHubError } from "./github/api.ts";

/** Runs a command line program. A user's mistake or a failed command ends it with status 1 and no stack trace. */
export async function runCommand(main: (args: readonly string[]) => Promise<void>): Promise<void> {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${messageOf(error)}\n`);
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ExecaError || error instanceof GitHubError) return error.message;
  if (RunError.isInstance(error)) return error.message;
  throw error;
}
