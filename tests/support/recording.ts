import { record } from "../../plan/recording/recorder.ts";
import type { MockAnswers } from "../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../plan/recording/recording.ts";

/** Records a program as the stack `test`, without configuration. */
export function recordProgram(
  program: () => unknown,
  answers: MockAnswers = {},
  preview = true,
): Promise<Recording> {
  return record({
    program,
    project: "tailnet-edge",
    stack: "test",
    config: {},
    secretKeys: [],
    answers,
    preview,
  });
}

/** The URN of a resource of that program. */
export function urnOf(types: string, name: string): string {
  return `urn:pulumi:test::tailnet-edge::${types}::${name}`;
}

export const STACK_URN = urnOf("pulumi:pulumi:Stack", "tailnet-edge-test");
