// Looks for drift in every stack: what others changed since the last up.
import { resolve } from "node:path";
import { parseOptions } from "../plan/parse-options.ts";
import { readGitHub } from "./github/environment.ts";
import { DRIFT, putStackIssue, type StackProblem } from "./github/stack-issue.ts";
import { code, codeBlock } from "./report/markdown.ts";
import { operationLines, operationSummary } from "./report/operation-lines.ts";
import { stacksOf } from "./repository.ts";
import { runCommand } from "./run-command.ts";
import { runPreview } from "./stack-preview.ts";

const ROOT = resolve(import.meta.dirname, "..");

const USAGE = `Usage: node ci/drift.ts [options]
       make ci-drift [ISSUES=true]

Compares every stack with the live systems. Status 1 if one has drifted, or cannot be compared.

Options:
  --issues    keep one open issue on GitHub for each such stack, and close it when the drift is gone;
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
  for (const { stack } of stacksOf(ROOT)) {
    const drift = await driftOf(stack);
    process.stdout.write(`${stack}: ${drift.report ?? "no drift"}\n`);
    if (drift.report !== undefined) process.exitCode = 1;
    if (gitHub) await putStackIssue(gitHub.github, gitHub.author, DRIFT, drift);
  }
});

async function driftOf(stack: string): Promise<StackProblem> {
  const preview = await runPreview(ROOT, stack, ["--refresh"]);
  if (preview.kind === "failed") {
    const text = codeBlock("text", preview.message.slice(0, 4000).split("\n"));
    return { stack, report: `Stack ${code(stack)} could not be compared.\n\n${text}` };
  }
  if (preview.operations.length === 0) return { stack, report: undefined };
  const diff = codeBlock("diff", operationLines(preview.operations).slice(0, 500));
  const what = `An up of stack ${code(stack)} would undo what others changed: ${operationSummary(preview)}.`;
  return { stack, report: `${what}\n\n${diff}` };
}
