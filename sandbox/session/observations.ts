import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { RunResult, Step } from "./session.ts";

/** What the engine tells of a run while it is on. */
export class Observations {
  private readonly errors: string[] = [];
  private readonly warnings: string[] = [];
  private readonly steps: Step[] = [];
  private readonly begun = new Map<string, Step>();

  get found(): Pick<RunResult, "errors" | "warnings" | "steps"> {
    return { errors: this.errors, warnings: this.warnings, steps: this.steps };
  }

  /** What was begun and has not come to its end, without components. */
  get underWay(): readonly Step[] {
    return [...this.begun.values()];
  }

  take({ diagnosticEvent, resourcePreEvent, resOutputsEvent }: EngineEvent): void {
    if (resourcePreEvent?.metadata.op !== "same" && resourcePreEvent?.metadata.new?.custom === true) {
      this.begun.set(resourcePreEvent.metadata.urn, stepOf(resourcePreEvent.metadata));
    }
    if (diagnosticEvent) {
      const { severity, urn = "", message } = diagnosticEvent;
      const line = urn === "" ? unstyled(message) : `${nameOf(urn)}: ${unstyled(message)}`;
      if (severity === "error") this.errors.push(line);
      if (severity === "warning") this.warnings.push(line);
    }
    if (resOutputsEvent) {
      const step = stepOf(resOutputsEvent.metadata);
      this.begun.delete(resOutputsEvent.metadata.urn);
      if (step.op !== "same") this.steps.push(step);
    }
  }
}

export function stepOf({ op, type, urn }: StepEventMetadata): Step {
  return { op, type, name: nameOf(urn) };
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Without the engine's colour marks, `<{%reset%}>` and the like. */
function unstyled(message: string): string {
  return message.replaceAll(/<\{%.*?%\}>/g, "").trim();
}
