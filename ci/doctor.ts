// Checks every stack on the live systems, and reports what is broken.
import { join, resolve } from "node:path";
import { execa } from "execa";
import { parseOptions } from "../plan/parse-options.ts";
import { examineStacks } from "./examine-stacks.ts";
import { readGitHub } from "./github/environment.ts";
import { DOCTOR, putStackIssue } from "./github/stack-issue.ts";
import { type DoctorReport, doctorReport } from "./report/doctor-report.ts";
import { redacted } from "./report/markdown.ts";
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

await runCommand(async (args) => {
  const { issues, help } = parseOptions(args, "--issues and --help", {
    issues: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  });
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const gitHub = issues ? readGitHub(process.env) : undefined;
  process.exitCode = await examineStacks({
    stacks: stacksOf(ROOT).map(({ stack }) => stack),
    examine,
    put: async (problem) => {
      if (gitHub) await putStackIssue(gitHub.github, gitHub.author, DOCTOR, problem);
    },
    print: (line) => process.stdout.write(`${line}\n`),
  });
});

/** The report of one stack; undefined, with the reason on standard error, if the doctor cannot start. */
async function examine(stack: string): Promise<DoctorReport | undefined> {
  const run = execa({ cwd: ROOT, reject: false, stdin: "ignore" });
  const args = [join("doctor", "main.ts"), `--stack=${stack}`, "--format=json"];
  const { stdout, stderr } = await run(process.execPath, args);
  if (stdout !== "") return doctorReport.parse(JSON.parse(stdout));
  process.stderr.write(`${stack}: ${redacted(stderr)}\n`);
  return undefined;
}
