import { afterAll, beforeAll, expect, test } from "vitest";
import { type SharedParts, startSharedParts } from "../../../tools/edge-lab/shared.ts";
import { causesOf, diagnose } from "./diagnose.ts";
import { failurePairs } from "./failure-pairs.ts";

let shared: SharedParts;

beforeAll(async () => {
  shared = await startSharedParts();
});

afterAll(async () => {
  await shared.stop();
});

test.each(failurePairs().map((pair) => [pair.failures[0].cause, pair.failures[1].cause, pair] as const))(
  "tells %s and %s apart",
  async (_, __, { settings, expected }) => {
    const results = await diagnose(shared, settings);
    expect(causesOf(results).toSorted(), JSON.stringify(results, undefined, 2)).toEqual(expected);
  },
);
