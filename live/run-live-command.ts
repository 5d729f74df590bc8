import { RunError } from "@pulumi/pulumi";
import { LiveError } from "./live-error.ts";

/**
 * Runs a command that reads live systems. A user's mistake or a failed read ends it with its message, its fix and no
 * stack trace.
 *
 * @param failedStatus - the exit status then
 */
export async function runLiveCommand(main: () => Promise<void>, failedStatus = 1): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!RunError.isInstance(error) && !(error instanceof LiveError)) throw error;
    const fix = error instanceof LiveError ? `\n  fix: ${error.issue.fix}` : "";
    process.stderr.write(`${error.message}${fix}\n`);
    process.exitCode = failedStatus;
  }
}
