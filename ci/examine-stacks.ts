import { parseOptions } from "../plan/parse-options.ts";
import { readGitHub } from "./github/environment.ts";
import { type IssueTopic, putStackIssue, type StackProblem } from "./github/stack-issue.ts";

/** What an examination found out about one stack. */
export interface StackFinding {
  readonly verdict: "healthy" | "broken" | "unknown";
  /** For people; undefined if there is nothing to report. */
  readonly report: string | undefined;
}

/** What is examined. */
export interface Examination {
  /** The finding about a stack; undefined if it cannot be examined, which the function itself reports. */
  readonly examine: (stack: string) => Promise<StackFinding | undefined>;
  /** What is printed of a stack without a report. */
  readonly healthy: string;
}

export interface ExaminationOutput {
  /** Keeps the issue of a stack. */
  readonly put: (problem: StackProblem) => Promise<void>;
  readonly print: (line: string) => void;
}

/**
 * Examines stacks one after the other, and reports each.
 *
 * @returns the exit status: 1 if a stack is broken, else 2 if one could not be examined wholly, else 0
 */
export async function examineStacks(
  stacks: readonly string[],
  { examine, healthy }: Examination,
  { put, print }: ExaminationOutput,
): Promise<number> {
  const verdicts: StackFinding["verdict"][] = [];
  for (const stack of stacks) {
    const finding = await examine(stack);
    verdicts.push(finding?.verdict ?? "unknown");
    if (finding === undefined) continue;
    print(`${stack}: ${finding.report ?? healthy}`);
    // What could not be examined is no reason to open an issue, and none to close one.
    if (finding.verdict !== "unknown") await put({ stack, report: finding.report });
  }
  if (verdicts.includes("broken")) return 1;
  return verdicts.includes("unknown") ? 2 : 0;
}

/** The command of an examination, whose option `--issues` keeps an issue on GitHub for each broken stack. */
export interface ExaminationCommand extends Examination {
  readonly usage: string;
  readonly topic: IssueTopic;
}

/** Runs the command of an examination, and sets the exit status. */
export async function runExamination(
  args: readonly string[],
  stacks: () => readonly string[],
  { usage, topic, ...examination }: ExaminationCommand,
): Promise<void> {
  const { issues, help } = parseOptions(args, "--issues and --help", {
    issues: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  });
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const gitHub = issues ? readGitHub(process.env) : undefined;
  process.exitCode = await examineStacks(stacks(), examination, {
    put: async (problem) => {
      if (gitHub) await putStackIssue(gitHub.github, gitHub.author, topic, problem);
    },
    print: (line) => process.stdout.write(`${line}\n`),
  });
}
