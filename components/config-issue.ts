import { RunError } from "@pulumi/pulumi/errors.js";

/** One mistake in the user's input, described in the user's own terms. */
export interface ConfigIssue {
  /** Where it is, as the user would look it up: `tailnet-edge:publicEdge.hostnames[1]`. */
  readonly path: string;
  /** The value there, rendered, with secrets removed. */
  readonly found: string;
  /** What is accepted there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly fix: string;
}

/**
 * Reports all issues of one check at once.
 *
 * It is a `RunError`, because the Pulumi runtime prints those without a stack trace and exits with status 1.
 */
export class UserError extends RunError {
  readonly issues: readonly ConfigIssue[];

  /**
   * @param subject - what was checked, for the heading: "the configuration of stack ozilab"
   * @param issues - at least one
   */
  constructor(subject: string, issues: readonly ConfigIssue[]) {
    super(renderIssues(subject, issues));
    this.issues = issues;
    keepMessage(this);
  }
}

/**
 * Makes an error's message read-only. When an Output fails, the SDK prepends `error serializing property …` to the
 * message of the one error object, once for each input of each resource that depends on it.
 */
export function keepMessage<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}

/** Renders issues for a terminal: a heading that counts them, then four labelled lines for each. */
export function renderIssues(subject: string, issues: readonly ConfigIssue[]): string {
  const noun = issues.length === 1 ? "issue" : "issues";
  return [`${subject} has ${issues.length} ${noun}`, ...issues.map(renderIssue)].join("\n\n");
}

/** Renders one issue: its path, then three labelled lines. */
export function renderIssue({ path, found, allowed, fix }: ConfigIssue): string {
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
