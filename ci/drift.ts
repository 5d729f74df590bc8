// Looks for drift in every stack: what others changed since the last up.
import { resolve } from "node:path";
import { runExamination, type StackFinding } from "./examine-stacks.ts";
import { DRIFT } from "./github/stack-issue.ts";
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

const stacks = () => stacksOf(ROOT).map(({ stack }) => stack);

await runCommand(async (args) => {
  await runExamination(args, stacks, { usage: USAGE, topic: DRIFT, healthy: "no drift", examine });
});

async function examine(stack: string): Promise<StackFinding> {
  const preview = await runPreview(ROOT, stack, ["--refresh"]);
  if (preview.kind === "failed") {
    const text = codeBlock("text", preview.message.slice(0, 4000).split("\n"));
    return { verdict: "broken", report: `Stack ${code(stack)} could not be compared.\n\n${text}` };
  }
  if (preview.operations.length === 0) return { verdict: "healthy", report: undefined };
  const diff = codeBlock("diff", operationLines(preview.operations).slice(0, 500));
  const what = `An up of stack ${code(stack)} would undo what others changed: ${operationSummary(preview)}.`;
  return { verdict: "broken", report: `${what}\n\n${diff}` };
}
