import { RunError } from "@pulumi/pulumi";

/** One mistake in what the user gave, told in the user's own words. */
export interface Fault {
  /** The setting at fault, as the user would look it up: `tailnet-edge:publicEdge.hostnames[1]`. */
  readonly path: string;
  /** What stands there, already rendered and with secrets taken out. */
  readonly found: string;
  /** What may stand there. */
  readonly allowed: string;
  /** What to do about it. */
  readonly mend: string;
}

/**
 * All the mistakes found in one go, thrown once.
 *
 * A `RunError`, because the Pulumi runtime prints those without a stack trace and exits with status 1.
 */
export class UserError extends RunError {
  readonly faults: readonly Fault[];

  /**
   * @param subject - what was checked; heads the message: "the configuration of stack ozilab"
   * @param faults - at least one
   */
  constructor(subject: string, faults: readonly Fault[]) {
    super(renderFaults(subject, faults));
    this.faults = faults;
    keepMessage(this);
  }
}

/**
 * Keeps an error's message as it is. When an Output fails, the SDK puts `error serializing property …` before
 * the message of the one error, again for each input of each resource that waits for it.
 */
export function keepMessage<E extends Error>(error: E): E {
  const { message } = error;
  return Object.defineProperty(error, "message", { get: () => message, set: () => undefined });
}

/** Renders faults for a terminal: a heading that counts them, then four labelled lines for each. */
export function renderFaults(subject: string, faults: readonly Fault[]): string {
  const count = faults.length === 1 ? "one fault" : `${faults.length} faults`;
  return [`${subject} has ${count}`, ...faults.map(renderFault)].join("\n\n");
}

function renderFault({ path, found, allowed, mend }: Fault): string {
  const labelled = { found, allowed, mend };
  const lines = Object.entries(labelled).map(([label, text]) => {
    const indented = text.replaceAll("\n", "\n             ");
    return `    ${`${label}:`.padEnd(9)}${indented}`;
  });
  return [`  ${path}`, ...lines].join("\n");
}

/** Throws a {@link UserError} if there is any fault. */
export function rejectFaults(subject: string, faults: readonly Fault[]): void {
  if (faults.length > 0) throw new UserError(subject, faults);
}
