import { type Recording, type MockAnswers, record } from "../../plan/recorder.ts";

/** Records a program of the stack `test` that has no configuration. */
export function recordProgram(
  program: () => unknown,
  world: MockAnswers = {},
  preview = true,
): Promise<Recording> {
  return record({
    program,
    project: "tailnet-edge",
    stack: "test",
    config: {},
    secretKeys: [],
    world,
    preview,
  });
}

/** The URN of a resource of that program. */
export function urnOf(types: string, name: string): string {
  return `urn:pulumi:test::tailnet-edge::${types}::${name}`;
}

export const STACK_URN = urnOf("pulumi:pulumi:Stack", "tailnet-edge-test");
