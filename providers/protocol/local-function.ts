import type { Props } from "./local-resource.ts";

/** A function that a local provider implements. An Error that it throws has a message for the user. */
export type LocalFunction = (inputs: Props) => Promise<Props>;
