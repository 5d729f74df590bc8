import type { OutputMap } from "@pulumi/pulumi/automation/index.js";

export type Operation = "preview" | "up" | "refresh" | "destroy";

export interface RunOptions {
  /** Continues with every resource that does not depend on a failed one. */
  readonly continueOnError?: boolean;
  /** Receives each step when it starts. The `op` of an unchanged resource is `same`, of a reading before the run `refresh`. */
  readonly onStart?: (step: EngineStep) => void;
}

/** What the engine did, or would do, to one resource. */
export interface EngineStep {
  /** `create`, `update`, `delete`, `create-replacement`, `same`, … */
  readonly op: string;
  readonly type: string;
  readonly name: string;
  /** The properties that differ, as a preview marks them: `+spec.type`, `~metadata.annotations["example.com/key"]`. */
  readonly changes?: readonly string[];
}

export interface RunResult {
  readonly ok: boolean;
  /** Errors that the engine reported, each prefixed with the resource's name if it has one. */
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  /** In order of execution, without unchanged resources and readings. */
  readonly steps: readonly EngineStep[];
  readonly outputs: OutputMap;
  /** Everything that the engine printed. */
  readonly log: string;
}
