// Writes the comment of a pull request from a report. Runs no code of the pull request.
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "../plan/parse-options.ts";
import { putComment } from "./github/comment.ts";
import { readGitHub } from "./github/environment.ts";
import { type PullRequest, pullsOfRun, workflowRunEvent } from "./github/pulls.ts";
import { readReport } from "./report-folder.ts";
import { buildComment, commentWithoutResult } from "./report/comment.ts";
import type { StackReport } from "./report/stack-report.ts";
import { runCommand } from "./run-command.ts";

const DEFAULT_REPORT = resolve(import.meta.dirname, "..", ".cache", "ci");

const USAGE = `Usage: node ci/comment.ts [options]
       make ci-comment EVENT=<file> [REPORT=<folder>]

Writes the one comment of a pull request, or edits it, from the report of make ci-preview.
Needs GITHUB_TOKEN and GITHUB_REPOSITORY. GITHUB_API_URL and GITHUB_COMMENT_AUTHOR (the token's
login) have GitHub's own values by default.

Options:
  --event=<file>     GitHub's event workflow_run, as JSON
  --report=<folder>  the report (default: .cache/ci)
  -h, --help         print this text
`;

await runCommand(async (args) => {
  const { event, report, help } = parseOptions(args, "--event=<file>, --report=<folder> and --help", {
    event: { type: "string" },
    report: { type: "string", default: DEFAULT_REPORT },
    help: { type: "boolean", short: "h", default: false },
  });
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const { github, author } = readGitHub(process.env);
  const run = workflowRunEvent.parse(JSON.parse(readFileSync(requiredFile(event), "utf8")));
  const pulls = await pullsOfRun(github, run);
  if (pulls.length === 0) {
    process.stdout.write("No open pull request has this commit as its newest one.\n");
    return;
  }
  const result = resultOf(report);
  for (const pull of pulls) {
    await putComment(github, pull.number, author, commentText(result, pull, run.workflow_run.head_sha));
  }
  if (result !== "unreadable") return;
  // Without a part of the file: a fork may have written it, and the log obeys commands in its lines.
  process.stderr.write(`${join(report, "report.json")} is no report of make ci-preview\n`);
  process.exitCode = 1;
});

type Result = readonly StackReport[] | "missing" | "unreadable";

/** The reports of all stacks. A job that failed early leaves none; a fork can leave anything in its place. */
function resultOf(folder: string): Result {
  if (!existsSync(join(folder, "report.json"))) return "missing";
  try {
    return readReport(folder).stacks;
  } catch {
    return "unreadable";
  }
}

function commentText(result: Result, { body }: PullRequest, commit: string): string {
  if (typeof result === "string") return commentWithoutResult(commit, result);
  return buildComment({ commit, reports: result, description: body ?? "" }).text;
}

function requiredFile(file: string | undefined): string {
  if (file !== undefined && existsSync(file)) return file;
  throw new UserError("the command", [
    {
      path: "EVENT",
      found: file === undefined ? "nothing" : JSON.stringify(file),
      allowed: "a file with GitHub's event workflow_run",
      fix: 'in a workflow: EVENT="$GITHUB_EVENT_PATH"',
    },
  ]);
}
