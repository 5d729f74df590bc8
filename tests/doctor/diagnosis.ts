import type { Outcome } from "../../doctor/core/check.ts";

/** An outcome in one line: its cause if it is broken, else its status, and the evidence. */
export function diagnosis(outcome: Outcome): string {
  const label = outcome.status === "broken" ? outcome.finding.cause : outcome.status;
  return `${label}: ${outcome.evidence}`;
}
