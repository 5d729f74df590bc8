import { expect, test } from "vitest";
import { lookUpZones, orUnknown } from "../../../components/public-edge/zone.ts";
import { UNKNOWN } from "../../../plan/recording/decode.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import { recordProgram } from "../../support/recording.ts";
import { cloudflare, LOOKUP } from "./recorded-edge.ts";

async function zonesOf(names: readonly string[], answers?: MockAnswers) {
  let zones: unknown;
  const { calls } = await recordProgram(async () => {
    zones = await lookUpZones(names);
  }, answers);
  return { zones, calls };
}

test("looks up each zone once, sorted by name", async () => {
  const answers = cloudflare({ "a.example": "free", "b.example": "pro" }, { "b.example": "account-2" });
  const { zones, calls } = await zonesOf(["b.example", "a.example", "b.example"], answers);
  expect(zones).toEqual([
    { name: "a.example", id: "id of a.example", accountId: "account-1", plan: "free" },
    { name: "b.example", id: "id of b.example", accountId: "account-2", plan: "pro" },
  ]);
  expect(calls).toEqual(
    ["a.example", "b.example"].map((name) => ({ token: LOOKUP, args: { filter: { name } } })),
  );
});

test("reads what the warnings about a zone need", async () => {
  const state = { paused: true, status: "pending", type: "partial" };
  const { call } = cloudflare({ "a.example": "free" });
  const { zones } = await zonesOf(["a.example"], { call: (request) => ({ ...call?.(request), ...state }) });
  expect(zones).toEqual([
    { name: "a.example", id: "id of a.example", accountId: "account-1", plan: "free", ...state },
  ]);
});

test("knows nothing but the name when nobody answers", async () => {
  const { zones } = await zonesOf(["a.example"]);
  expect(zones).toEqual([{ name: "a.example", id: undefined, accountId: undefined, plan: undefined }]);
  const { outputs } = await recordProgram(() => ({ id: orUnknown(undefined), known: orUnknown("id") }));
  expect(outputs).toEqual({ id: UNKNOWN, known: "id" });
});
