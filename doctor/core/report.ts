import type { Check, Finding, Status } from "./check.ts";

/** What is reported of one check. All of it is JSON. */
export interface Result extends Pick<Check, "id" | "group" | "subject" | "title"> {
  readonly status: Status;
  readonly evidence: string;
  /** Only of a broken check that no other check explains. */
  readonly finding?: Finding;
  /** ID of the broken check that explains this one, which then has no finding. */
  readonly consequenceOf?: string;
  readonly durationMs: number;
}

export type Verdict = "healthy" | "broken" | "unknown";

/** One run of the doctor. All of it is JSON; times are ISO 8601 in UTC. */
export interface Report {
  readonly stack: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly results: readonly Result[];
  readonly verdict: Verdict;
}

/** The exit status of each verdict. */
export const EXIT_STATUS: Readonly<Record<Verdict, number>> = { healthy: 0, broken: 1, unknown: 2 };

/**
 * One broken check makes the system broken, whatever else could not be checked. A skipped check says nothing, and without
 * any answer nobody knows.
 */
export function verdictOf(results: readonly Pick<Result, "status">[]): Verdict {
  if (results.some(({ status }) => status === "broken")) return "broken";
  const answered = results.filter(({ status }) => status !== "skipped");
  return answered.length > 0 && answered.every(({ status }) => status === "ok") ? "healthy" : "unknown";
}
