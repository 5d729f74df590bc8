import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cause } from "../../../doctor/core/causes.ts";
import { HEALTHY, type LabSettings } from "../../../tools/edge-lab/settings.ts";
import { type SharedParts, startSharedParts } from "../../../tools/edge-lab/shared.ts";
import { causesOf, diagnose } from "./diagnose.ts";
import { FAILURES, settingsOf } from "./failures.ts";

let shared: SharedParts;

beforeAll(async () => {
  shared = await startSharedParts();
});

afterAll(async () => {
  await shared.stop();
});

test.each([
  ["an origin rule", HEALTHY],
  ["an origin rule and the origin lock", { ...HEALTHY, originLock: "on" as const }],
  ["a Worker", { ...HEALTHY, worker: "right origin" as const }],
])("reports a healthy path over %s as healthy", async (_, settings) => {
  const results = await diagnose(shared, settings);
  expect(results.filter(({ status }) => status !== "ok")).toEqual([]);
  expect(results).toHaveLength(8);
});

test.each<[cause: Cause, over: string, settings: Partial<LabSettings>]>([
  ["application-not-http", "a Worker", { worker: "right origin", proxy: "answers without HTTP" }],
  ["worker-origin-response-invalid", "a Worker", { worker: "right origin", proxy: "resets the connection" }],
  ["application-not-http", "the origin lock", { originLock: "on", proxy: "answers without HTTP" }],
])("diagnoses %s over %s", async (cause, _, settings) => {
  const results = await diagnose(shared, { ...HEALTHY, ...settings });
  expect(causesOf(results), JSON.stringify(results, undefined, 2)).toEqual([cause]);
});

test.each(FAILURES.map((failure) => [failure.cause, failure] as const))(
  "diagnoses %s",
  async (cause, failure) => {
    const settings = settingsOf([failure]);
    const results = await diagnose(shared, settings ?? HEALTHY);
    expect(causesOf(results), JSON.stringify(results, undefined, 2)).toEqual([cause]);
  },
);
