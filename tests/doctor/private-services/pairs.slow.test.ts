import { expect, test } from "vitest";
import { FAILURES, HEALTHY, lines } from "./private-failures.ts";
import { statuses } from "./private-lab.ts";

/** Every two failures that are not two findings of one check. No failure of private services hides another one. */
const PAIRS = FAILURES.flatMap((one, index) =>
  FAILURES.slice(index + 1)
    .filter(([, id]) => id !== one[1])
    .map((other) => [...one, ...other] as const),
);

test("there is a pair of every two failures that are not two states of one part", () => {
  expect(PAIRS).toHaveLength(55);
});

test.each(PAIRS)("tells apart %s of %s", async (cause, id, change, otherCause, otherId, otherChange) => {
  const expected = lines([
    [cause, id],
    [otherCause, otherId],
  ]);
  expect(await statuses(otherChange(change(HEALTHY)))).toEqual(expected);
});
