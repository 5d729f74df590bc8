import { log, runtime } from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { recordStack } from "../support/record-stack.ts";

test("the state is read once in a run, for hostnames and for all legacy objects that exist", async () => {
  const warn = vi.spyOn(log, "warn").mockResolvedValue(undefined);
  const invoke = vi.spyOn(runtime, "invoke");
  const answers: Record<string, object> = {
    "object-fields:index:findObject": { exists: true, type: "LoadBalancer" },
    "pulumi:pulumi:readStackResourceOutputs": { outputs: {} },
  };
  await recordStack("tazlab", {
    answers: { call: ({ token }) => answers[token] as Record<string, unknown> | undefined },
  });
  const calls = Object.keys(answers).map((token) => invoke.mock.calls.filter(([one]) => one === token));
  expect(calls.map(({ length }) => length)).toEqual([6, 1]);
  invoke.mockRestore();
  warn.mockRestore();
});
