import {
  CommandError,
  type EngineEvent,
  type OutputMap,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { type Observations, stepOf } from "./observations.ts";
import type { Operation, RunOptions, RunResult } from "./session.ts";

interface Performance extends RunOptions {
  /** Takes down what the engine tells of the run. */
  readonly seen: Observations;
  /** Gets the engine's progress display. */
  readonly print: (text: string) => void;
}

/** Has the engine perform one operation. A failed update is a result like any other. */
export async function perform(
  stack: Stack,
  operation: Operation,
  { seen, print, onStart, ...engineOptions }: Performance,
): Promise<RunResult> {
  let log = "";
  const options = {
    ...engineOptions,
    onOutput: (text: string) => {
      log += text;
      print(text);
    },
    onEvent: (event: EngineEvent) => {
      if (event.resourcePreEvent) onStart?.(stepOf(event.resourcePreEvent.metadata));
      seen.take(event);
    },
  };
  try {
    const outputs = await operate(stack, operation, options);
    return { ok: true, ...seen.found, outputs, log };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const errors = seen.found.errors.length > 0 ? seen.found.errors : [error.message];
    return { ok: false, ...seen.found, errors, outputs: {}, log };
  }
}

interface OperationOptions extends Pick<RunOptions, "continueOnError"> {
  readonly onOutput: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

async function operate(stack: Stack, operation: Operation, options: OperationOptions): Promise<OutputMap> {
  switch (operation) {
    case "up":
      return (await stack.up(options)).outputs;
    case "preview":
      await stack.preview(options);
      return {};
    case "refresh":
      await stack.refresh(options);
      return {};
    case "destroy":
      await stack.destroy(options);
      return {};
  }
}
