import type { StackConfig } from "../../stacks/config/parse.ts";
import type { StackOutputs } from "./outputs.ts";

/** What the doctor checks: a stack as its file declares it, and as its last update left it. */
export interface Target {
  readonly stack: string;
  readonly config: StackConfig;
  readonly outputs: StackOutputs;
  /** The public hostnames to check: all of them, or the one of HOST. */
  readonly hosts: readonly TargetHost[];
}

/** One public hostname, from the stack's outputs. */
export type TargetHost = StackOutputs["hostnames"][string] & { readonly host: string };
