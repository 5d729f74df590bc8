import type { Cause } from "../../../doctor/core/causes.ts";
import type { LabSettings } from "../../../tools/edge-lab/settings.ts";
import { type Failure, FAILURES, settingsOf } from "./failures.ts";

/** Two failures at once, and the causes that must be found. */
export interface FailurePair {
  readonly failures: readonly [Failure, Failure];
  readonly settings: LabSettings;
  readonly expected: readonly Cause[];
}

/** Every two failures that are not two states of one part. */
export function failurePairs(): readonly FailurePair[] {
  return FAILURES.flatMap((one, index) =>
    FAILURES.slice(index + 1).flatMap((other) => {
      const failures = [one, other] as const;
      const settings = settingsOf(failures);
      return settings === undefined ? [] : [{ failures, settings, expected: visibleCauses(one, other) }];
    }),
  );
}

/** A failure is hidden if the connection of the check that finds it ends at the other one, or if it has no symptom of its own. */
function visibleCauses(one: Failure, other: Failure): readonly Cause[] {
  const visible = [one, other].filter((failure) => {
    const nearer = failure === one ? other : one;
    const isBehind = nearer.hop < failure.hop && nearer.ends.includes(failure.foundBy);
    return !isBehind && !nearer.hides.includes(failure.cause);
  });
  return visible.map(({ cause }) => cause).sort();
}
