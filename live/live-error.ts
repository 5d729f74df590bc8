import type { ConfigIssue } from "../components/config-issue.ts";

/**
 * Why a live system gave no answer that can be used:
 *
 * - `credential`: there is none, or it cannot be read
 * - `denied`: the system refuses the credential, or the credential lacks a permission
 * - `unreachable`: no connection
 * - `timeout`: no answer within the time limit
 * - `unexpected`: another error of the system, or an answer that cannot be read
 */
export type LiveErrorReason = "credential" | "denied" | "unreachable" | "timeout" | "unexpected";

/** A failed read of a live system. It holds no part of a credential. */
export class LiveError extends Error {
  readonly reason: LiveErrorReason;
  readonly issue: ConfigIssue;
  /** HTTP status; undefined without an answer. */
  readonly status: number | undefined;

  constructor(reason: LiveErrorReason, issue: ConfigIssue, status?: number) {
    super(`${issue.path}: ${issue.found}`);
    this.name = "LiveError";
    this.reason = reason;
    this.issue = issue;
    this.status = status;
  }
}

/** One call of a live system, as its errors describe it. */
export interface LiveCall {
  /** What is read: `policy of the tailnet`. */
  readonly subject: string;
  /** The least permission that allows it: `the scope policy_file:read`. */
  readonly permission: string;
}

/** The error for an HTTP status that is not a success. */
export function statusError(
  { subject, permission }: LiveCall,
  system: string,
  status: number,
  message: string,
): LiveError {
  const found = `${system} answers ${status}${message === "" ? "" : `: ${oneLine(message)}`}`;
  const refused = status === 401 || status === 403;
  const fix =
    status === 401
      ? `check that the credential for ${system} is the right one, and has not expired or been revoked`
      : status === 403
        ? `give the credential for ${system} ${permission}`
        : status === 429
          ? "wait a few minutes, and run the command again"
          : `run the command again; if the answer stays the same, look at the status page of ${system}`;
  const issue = { path: subject, found, allowed: `a credential with ${permission}`, fix };
  return new LiveError(refused ? "denied" : "unexpected", issue, status);
}

/** The error for a call without an answer. @param place - the endpoint's address */
export function connectionError({ subject }: LiveCall, place: string, error: unknown): LiveError {
  return new LiveError("unreachable", {
    path: subject,
    found: `no connection to ${place}: ${causeOf(error)}`,
    allowed: "an address that this machine can reach",
    fix: `check the address, and the network between this machine and ${place}`,
  });
}

/** The error for an answer that does not have the documented form. @param detail - without any value of the answer */
export function unreadableAnswer({ subject }: LiveCall, place: string, detail: string): LiveError {
  return new LiveError("unexpected", {
    path: subject,
    found: `an answer of ${place} that cannot be read: ${detail}`,
    allowed: "an answer in the documented form",
    fix: "check that the address is the API's, and that no proxy answers in its place",
  });
}

/** The innermost cause: fetch reports only "fetch failed". */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return causeOf(error.cause);
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  return oneLine(error.message);
}

/** The first line of a text, at most 300 characters of it. */
export function oneLine(text: string): string {
  const [line = ""] = text.trim().split("\n");
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
