import { createHash } from "node:crypto";
import { exposureChanges, widens } from "./exposure-change.ts";
import { policyChange } from "./policy-change.ts";
import type { StackReport } from "./stack-report.ts";

/** The key of the line that acknowledges wider access. */
export const ACKNOWLEDGEMENT = "Accepts-Exposure";

/** Everything by which a change gives somebody more access, a line each, sorted. */
export function wideningLines(reports: readonly StackReport[]): readonly string[] {
  return reports
    .flatMap(({ stack, base, head }) => [
      ...exposureChanges(base, head)
        .filter(widens)
        .map(({ address, gained }) => `${stack}: ${address}: ${gained.join(", ")}`),
      ...policyChange(base, head).widening.map((entry) => `${stack}: policy: ${entry}`),
    ])
    .toSorted();
}

/**
 * The checksum that acknowledges exactly this wider access. A later commit that widens something else has another
 * checksum, so an acknowledgement never covers what its author has not seen.
 */
export function wideningChecksum(lines: readonly string[]): string {
  return createHash("sha256").update(lines.join("\n")).digest("hex").slice(0, 12);
}

/**
 * Whether a text has the line `Accepts-Exposure: <checksum>`.
 *
 * @param text - the pull request's description, or commit messages. It is compared and never run or printed.
 */
export function isAcknowledged(text: string, checksum: string): boolean {
  return text.split(/\r?\n/).some((line) => line.trim() === `${ACKNOWLEDGEMENT}: ${checksum}`);
}
