import { RunError } from "@pulumi/pulumi";

/** One mistake in what the user gave, told in the user's own words. */
export interface ConfigIssue {
  /** The setting at issue, as the user would look it up: `tailnet-edge:publicEdge.hostnames[1]`. */
  readonly path: string;
  /** What stands there, already rendered and with secrets taken out. */
  readonly found: string;
  /** What may stand there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * All the mistakes found in one go, thrown once.
 *
 * A `RunError`, because the Pulumi runtime prints those without a stack trace and exits with status 1.
 */
export class UserError extends RunError {
  readonly issues: readonly ConfigIssue[];

  /**
   * @param subject - what was checked; heads the message: "the configuration of stack ozilab"
   * @param issues - at least one
   */
  constructor(subject: string, issues: readonly ConfigIssue[]) {
    super(renderIssues(subject, issues));
    this.issues = issues;
    keepMessage(this);
  }
}

/**
 * Keeps an error's message as it is. When an Output fails, the SDK puts `error serializing property …` before
 * the message of the one error, again for each input of each resource that waits for it.
 */
export function keepMessage<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}

/** Renders issues for a terminal: a heading that counts them, then four labelled lines for each. */
export function renderIssues(subject: string, issues: readonly ConfigIssue[]): string {
  const count = issues.length === 1 ? "one issue" : `${issues.length} issues`;
  return [`${subject} has ${count}`, ...issues.map(renderIssue)].join("\n\n");
}

function renderIssue({ path, found, allowed, fix }: ConfigIssue): string {
  const labelled = { found, allowed, fix };
  const lines = Object.entries(labelled).map(([label, text]) => {
    const indented = text.replaceAll("\n", "\n             ");
    return `    ${`${label}:`.padEnd(9)}${indented}`;
  });
  return [`  ${path}`, ...lines].join("\n");
}

/** Throws a {@link UserError} if there is any issue. */
export function throwIfAny(subject: string, issues: readonly ConfigIssue[]): void {
  if (issues.length > 0) throw new UserError(subject, issues);
}
