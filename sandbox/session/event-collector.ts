import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { EngineStep, RunResult } from "./run.ts";

/** Collects what the engine reports during one run. */
export class EventCollector {
  readonly #errors: string[] = [];
  readonly #warnings: string[] = [];
  readonly #steps: EngineStep[] = [];
  readonly #underWay = new Map<string, EngineStep>();

  get results(): Pick<RunResult, "errors" | "warnings" | "steps"> {
    return { errors: this.#errors, warnings: this.#warnings, steps: this.#steps };
  }

  /** Steps that started and have not finished, without components. */
  get underWay(): readonly EngineStep[] {
    return [...this.#underWay.values()];
  }

  add({ diagnosticEvent, resourcePreEvent, resOutputsEvent }: EngineEvent): void {
    if (resourcePreEvent && isChange(resourcePreEvent.metadata) && resourcePreEvent.metadata.new?.custom) {
      this.#underWay.set(resourcePreEvent.metadata.urn, stepOf(resourcePreEvent.metadata));
    }
    if (diagnosticEvent) {
      const { severity, urn = "", message } = diagnosticEvent;
      const line = urn === "" ? withoutColors(message) : `${nameOf(urn)}: ${withoutColors(message)}`;
      if (severity === "error") this.#errors.push(line);
      if (severity === "warning") this.#warnings.push(line);
    }
    if (resOutputsEvent) {
      this.#underWay.delete(resOutputsEvent.metadata.urn);
      if (isChange(resOutputsEvent.metadata)) this.#steps.push(stepOf(resOutputsEvent.metadata));
    }
  }
}

/** Whether a step does anything to a resource. `refresh` is the reading before an up; what it finds is a later step. */
function isChange({ op }: Pick<StepEventMetadata, "op">): boolean {
  return op !== "same" && op !== "refresh";
}

export function stepOf({ op, type, urn, detailedDiff }: StepEventMetadata): EngineStep {
  const changes = Object.entries(detailedDiff ?? {}).map(
    ([path, { diffKind }]) => `${MARKS[diffKind.replace("-replace", "")] ?? "~"}${path}`,
  );
  return { op, type, name: nameOf(urn), ...(changes.length > 0 && { changes: changes.sort() }) };
}

const MARKS: Readonly<Record<string, string>> = { add: "+", delete: "-", update: "~" };

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** Removes the engine's colour markup, such as `<{%reset%}>`. */
function withoutColors(message: string): string {
  return message.replaceAll(/<\{%.*?%\}>/g, "").trim();
}
