import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tazlabServices } from "./tazlab-config.ts";
import { expectedSteps, TazlabMoves } from "./tazlab-moves.ts";

let stack: TazlabMoves;

beforeAll(async () => {
  stack = await TazlabMoves.create();
  // Before the first up no service has a route, so this one is not checked call by call.
  await stack.project.up();
});

afterAll(async () => {
  await stack.project.remove();
});

/** Each test starts where the previous one ended. */
describe.each(tazlabServices)("$name, $kind", (entry) => {
  test.each([
    ["coexist", "coexist", "legacy and tailnet"],
    ["tailnet", "tailnet", "tailnet"],
    ["coexist", "back", "legacy and tailnet"],
    ["tailnet", "tailnet", "tailnet"],
  ] as const)("moves to %s (%s)", async (phase, change, routes) => {
    const steps = await stack.move({ [entry.name]: phase });
    expect(steps.toSorted()).toEqual(expectedSteps(entry, change).sort());
    const removals = steps.filter((step) => step.startsWith("delete "));
    expect(steps.slice(steps.length - removals.length)).toEqual(removals);
    expect(stack.routes()[entry.name]).toBe(routes);
  });
});
