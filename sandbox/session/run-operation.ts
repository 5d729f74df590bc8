import {
  CommandError,
  type EngineEvent,
  type OutputMap,
  type Stack,
} from "@pulumi/pulumi/automation/index.js";
import { type EventCollector, stepOf } from "./event-collector.ts";
import type { Operation, RunOptions, RunResult } from "./run.ts";

interface OperationOptions extends RunOptions {
  readonly events: EventCollector;
  /** Receives the engine's progress display. */
  readonly print: (text: string) => void;
}

/** Runs one operation of the engine. A failed operation is a result, not an exception. */
export async function runOperation(
  stack: Stack,
  operation: Operation,
  { events, print, onStart, ...options }: OperationOptions,
): Promise<RunResult> {
  let log = "";
  const engineOptions = {
    ...options,
    onOutput: (text: string) => {
      log += text;
      print(text);
    },
    onEvent: (event: EngineEvent) => {
      if (event.resourcePreEvent) onStart?.(stepOf(event.resourcePreEvent.metadata));
      events.add(event);
    },
  };
  try {
    const outputs = await callEngine(stack, operation, engineOptions);
    return { ok: true, ...events.results, outputs, log };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const errors = events.results.errors.length > 0 ? events.results.errors : [error.message];
    return { ok: false, ...events.results, errors, outputs: {}, log };
  }
}

interface EngineOptions extends Pick<RunOptions, "continueOnError"> {
  readonly onOutput: (text: string) => void;
  readonly onEvent: (event: EngineEvent) => void;
}

async function callEngine(stack: Stack, operation: Operation, options: EngineOptions): Promise<OutputMap> {
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
