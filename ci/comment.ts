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
  if (pulls.length === 0) process.stdout.write("No open pull request has this commit as its newest one.\n");
  for (const pull of pulls) {
    await putComment(github, pull.number, author, commentText(report, pull, run.workflow_run.head_sha));
  }
});

/** A job that failed early leaves no report, and the comment says so instead of showing an old result. */
function commentText(folder: string, { body }: PullRequest, commit: string): string {
  if (!existsSync(join(folder, "report.json"))) return commentWithoutResult(commit);
  const { stacks } = readReport(folder);
  return buildComment({ commit, reports: stacks, description: body ?? "" }).text;
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
