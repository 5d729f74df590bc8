import type { EngineStep, Operation } from "./run.ts";

/** Types whose API accepts a duplicate without an error. */
const TYPES_WITH_DUPLICATES = ["OauthClient", "FederatedIdentity"];

export interface CrashDetails {
  readonly operation: Operation;
  /** Steps that started and did not finish: each may have been carried out. */
  readonly underWay: readonly EngineStep[];
  /** Path of world.json. */
  readonly world: string;
  /** What the providers wrote on standard error. */
  readonly log: readonly string[];
}

/** The simulated providers crashed during a run. The message says how to recover. */
export class ProviderCrash extends Error {
  readonly underWay: readonly EngineStep[];

  constructor({ operation, underWay, world, log }: CrashDetails) {
    const creations = underWay.filter(({ op }) => op.startsWith("create")).map(described);
    const duplicates = creations.filter(allowsDuplicates);
    const conflicts = creations.filter((creation) => !allowsDuplicates(creation));
    super(
      [
        `the simulated providers crashed during the ${operation}`,
        "completed calls and the stack's state are kept: run it again",
        ...(conflicts.length > 0
          ? [
              `creation was under way, so these may exist without being recorded in the state: ${conflicts.join(", ")}`,
              `if the next run reports that one already exists, remove it from ${world} and run again; import a real one instead (docs/adopting.md)`,
            ]
          : []),
        ...(duplicates.length > 0
          ? [
              `creation was under way, so the next run may create a duplicate: ${duplicates.join(", ")}; remove the unused one`,
            ]
          : []),
        ...log.slice(-5),
      ].join("\n"),
    );
    this.underWay = underWay;
  }
}

function allowsDuplicates(resource: string): boolean {
  return TYPES_WITH_DUPLICATES.some((type) => resource.startsWith(`${type} `));
}

function described({ type, name }: EngineStep): string {
  return `${type.split(":").at(-1) ?? type} ${name}`;
}
