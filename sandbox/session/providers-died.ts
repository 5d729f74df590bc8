import type { Operation, Step } from "./session.ts";

/** Types of which a second one is made without a word: nothing in them has to be the only one of its kind. */
const SILENT = ["OauthClient", "FederatedIdentity"];

export interface Death {
  readonly operation: Operation;
  /** What the engine had begun and not heard the end of: each of it may have been done. */
  readonly underWay: readonly Step[];
  /** File of the world's document. */
  readonly world: string;
  /** What the providers said last. */
  readonly log: readonly string[];
}

/** The simulated providers died in the middle of a run. The message tells what to do. */
export class ProvidersDied extends Error {
  readonly underWay: readonly Step[];

  constructor({ operation, underWay, world, log }: Death) {
    const made = underWay.filter(({ op }) => op.startsWith("create")).map(described);
    const twice = made.filter(isSilent);
    const once = made.filter((one) => !isSilent(one));
    super(
      [
        `the simulated providers died in the middle of the ${operation}`,
        "what they had done by then is kept, as is the stack's state: run it again",
        ...(once.length > 0
          ? [
              `these were being made, and may be there without the state's knowing: ${once.join(", ")}`,
              `if the next run is told that one exists already, take it out of ${world} and run again; a real one is imported (docs/adopting.md)`,
            ]
          : []),
        ...(twice.length > 0
          ? [
              `may have been made and is then made once more: ${twice.join(", ")}; remove the one that nobody uses`,
            ]
          : []),
        ...log.slice(-5),
      ].join("\n"),
    );
    this.underWay = underWay;
  }
}

function isSilent(resource: string): boolean {
  return SILENT.some((type) => resource.startsWith(`${type} `));
}

function described({ type, name }: Step): string {
  return `${type.split(":").at(-1) ?? type} ${name}`;
}
