import { afterAll, beforeAll, expect, test } from "vitest";
import { isSilent } from "../../../tools/edge-lab/lab.ts";
import { type SharedParts, startSharedParts } from "../../../tools/edge-lab/shared.ts";
import { causesOf, diagnose } from "./diagnose.ts";
import { type FailurePair, failurePairs } from "./failure-pairs.ts";

let shared: SharedParts;

beforeAll(async () => {
  shared = await startSharedParts();
});

afterAll(async () => {
  await shared.stop();
});

const pairs = failurePairs().map((pair) => [pair.failures[0].cause, pair.failures[1].cause, pair] as const);
const [waiting, quick] = [pairs.filter(isWaiting), pairs.filter((pair) => !isWaiting(pair))];

/** Whether a silent part makes the checks wait for their time limits. Such pairs run side by side: they compute little. */
function isWaiting([, , { settings }]: (typeof pairs)[number]): boolean {
  return isSilent(settings);
}

async function tellsApart({ settings, expected }: FailurePair): Promise<void> {
  const results = await diagnose(shared, settings);
  expect(causesOf(results).toSorted(), JSON.stringify(results, undefined, 2)).toEqual(expected);
}

test("every two failures that are not two states of one part are a pair", () => {
  expect(pairs).toHaveLength(460);
});

test.concurrent.each(waiting)("tells %s and %s apart", (_, __, pair) => tellsApart(pair));

test.each(quick)("tells %s and %s apart", (_, __, pair) => tellsApart(pair));
