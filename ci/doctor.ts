// Checks every stack on the live systems, and reports what is broken.
import { join, resolve } from "node:path";
import { execa } from "execa";
import { redacted } from "../live/redacted.ts";
import { runExamination, type StackFinding } from "./examine-stacks.ts";
import { DOCTOR } from "./github/stack-issue.ts";
import { doctorOptions, doctorReport, findingOf } from "./report/doctor-report.ts";
import { stacksOf } from "./repository.ts";
import { runCommand } from "./run-command.ts";

const ROOT = resolve(import.meta.dirname, "..");

const USAGE = `Usage: node ci/doctor.ts [options]
       make ci-doctor [ISSUES=true]

Runs make doctor for every stack. Status 1 if one is broken, 2 if one could not be checked wholly.

Options:
  --issues    keep one open issue on GitHub for each broken stack, and close it when the stack is healthy;
              needs GITHUB_TOKEN and GITHUB_REPOSITORY
  -h, --help  print this text
`;

const stacks = () => stacksOf(ROOT).map(({ stack }) => stack);

await runCommand(async (args) => {
  await runExamination(args, stacks, { usage: USAGE, topic: DOCTOR, healthy: "healthy", examine });
});

/** What the doctor finds in one stack; undefined, with the reason on standard error, if it cannot start. */
async function examine(stack: string): Promise<StackFinding | undefined> {
  const run = execa({ cwd: ROOT, reject: false, stdin: "ignore" });
  const { stdout, stderr } = await run(process.execPath, [
    join("doctor", "main.ts"),
    ...doctorOptions(stack),
  ]);
  if (stdout !== "") return findingOf(stack, doctorReport.parse(JSON.parse(stdout)));
  process.stderr.write(`${stack}: ${redacted(stderr)}\n`);
  return undefined;
}
