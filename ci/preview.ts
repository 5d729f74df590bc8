// Previews the stacks that a change touches, and writes the report and the comment of a pull request.
import { appendFileSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { parseOptions } from "../plan/parse-options.ts";
import { clearReport, writeReport } from "./report-folder.ts";
import { buildComment } from "./report/comment.ts";
import { changedFiles, stacksOf, withCommit } from "./repository.ts";
import { runCommand } from "./run-command.ts";
import { reportStack } from "./stack-preview.ts";
import { touchedStacks } from "./touched-stacks.ts";

const ROOT = resolve(import.meta.dirname, "..");
const OUTPUT = join(ROOT, ".cache", "ci");

const USAGE = `Usage: node ci/preview.ts [options]
       make ci-preview [BASE=<commit>] [OFFLINE=true]

Previews every stack that the change since a commit touches, and writes the report and the
comment of a pull request to .cache/ci. Status 1 if a preview fails, or if somebody gains access
and the description of the pull request does not accept it.

Options:
  --base=<commit>       the branch or commit that the change goes to (default: origin/main)
  --offline             use the offline plan only; needs no credentials
  --description=<file>  a file with the pull request's description, or GitHub's event as JSON
  -h, --help            print this text
`;

await runCommand(async (args) => {
  const { base, offline, description, help } = parseOptions(
    args,
    "--base=<commit>, --offline, --description=<file> and --help",
    {
      base: { type: "string", default: "origin/main" },
      offline: { type: "boolean", default: false },
      description: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  );
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  clearReport(OUTPUT);
  const { stdout: commit } = await execa({ cwd: ROOT })("git", ["rev-parse", "HEAD"]);
  const files = await changedFiles(ROOT, base);
  const reports = await withCommit(ROOT, base, async (checkout) => {
    const stacks = touchedStacks(files, [...stacksOf(checkout), ...stacksOf(ROOT)]);
    // One after the other: a preview locks nothing, but the providers' APIs limit the rate of calls.
    const done = [];
    for (const stack of stacks)
      done.push(await reportStack({ stack, folder: ROOT, base: checkout, offline }));
    return done;
  });
  const { text, failures } = buildComment({ commit, reports, description: readDescription(description) });
  writeReport(OUTPUT, { commit, stacks: reports }, text);
  const summary = process.env["GITHUB_STEP_SUMMARY"];
  if (summary === undefined) process.stdout.write(`${text}\n`);
  else appendFileSync(summary, `${text}\n`);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  if (failures.length > 0) process.exitCode = 1;
});

/** Reads the description from a file, so that no shell ever sees it. */
function readDescription(file: string | undefined): string {
  if (file === undefined) return "";
  const text = readFileSync(file, "utf8");
  if (!file.endsWith(".json")) return text;
  const { pull_request: pullRequest } = JSON.parse(text) as { pull_request?: { body?: string | null } };
  return pullRequest?.body ?? "";
}
