import { type Cause, CAUSES } from "./causes.ts";

/** The groups in the order of the report: each needs the ones before it. */
export const GROUPS = ["control plane", "cloudflare", "data path", "private services"] as const;
export type Group = (typeof GROUPS)[number];

/** One question about the live system. */
export interface Check {
  /** Unique in a report, stable between runs: kind and subject, such as `record/app.example.com`. */
  readonly id: string;
  readonly group: Group;
  /** What is checked: a hostname, `zone example.com`, a device's name. */
  readonly subject: string;
  /** What is asked, as a statement that is true of a healthy system: `record points at the Funnel`. */
  readonly title: string;
  /**
   * IDs of checks, earlier in the list, whose failure makes this check's failure a consequence. An ID without a check
   * is ignored.
   */
  readonly explainedBy: readonly string[];
  /** The least permission it works with; empty if it needs none. */
  readonly needs: string;
  /** How long it may take, in milliseconds; default: the limit of the run. */
  readonly limitMs?: number;
  /**
   * Finds out. A LiveError that it throws becomes `unknown`.
   *
   * @param signal - aborts at the check's time limit
   */
  readonly run: (signal: AbortSignal) => Promise<Outcome>;
}

/** What a check found out. */
export type Outcome =
  | { readonly status: "ok"; readonly evidence: string }
  | {
      readonly status: "broken";
      readonly evidence: string;
      readonly finding: Finding;
      /** In place of the check's: IDs of checks, earlier in the list, whose failure explains this cause. */
      readonly explainedBy?: readonly string[];
    }
  /** The check could not tell; `evidence` says why. */
  | { readonly status: "unknown"; readonly evidence: string }
  /** The check was left out, because only another machine can answer it; `evidence` says which. */
  | { readonly status: "skipped"; readonly evidence: string };

export type Status = Outcome["status"];

/** The one cause of a failure, and the one thing to do about it. */
export interface Finding {
  readonly cause: Cause;
  readonly text: string;
  readonly fix: string;
}

/** @param evidence - what was seen, without any secret */
export function ok(evidence: string): Outcome {
  return { status: "ok", evidence };
}

/** @param evidence - what was seen, without any secret */
export function unknown(evidence: string): Outcome {
  return { status: "unknown", evidence };
}

/** @param evidence - which machine could answer the check */
export function skipped(evidence: string): Outcome {
  return { status: "skipped", evidence };
}

/**
 * @param evidence - what was seen, without any secret
 * @param fix - more exact than the one in the table of causes
 */
export function broken(cause: Cause, evidence: string, fix: string = CAUSES[cause].fix): Outcome {
  return { status: "broken", evidence, finding: { cause, text: CAUSES[cause].text, fix } };
}
