import { z } from "zod";
import { stackPlan } from "./stack-plan.ts";

const text = z.string();

/** One step that `pulumi preview` announces, without what the diff does not need. */
const operation = z.object({
  /** `create`, `update`, `replace`, `delete`, … */
  op: z.string().regex(/^[a-z-]{1,40}$/),
  type: text,
  name: text,
  changes: z.array(z.object({ path: text, before: text.optional(), after: text.optional() })),
});

/**
 * What one job found out about one stack. Jobs that run a pull request's code write it, and the job that may write
 * comments reads it: nothing in it is trusted.
 */
export const stackReport = z.object({
  stack: z.string().regex(/^[\w.-]{1,100}$/),
  /** The plan before the change; null for a new stack. */
  base: stackPlan.nullable(),
  /** The plan with the change; null if the stack is removed, or if its plan fails. */
  head: stackPlan.nullable(),
  preview: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("done"), operations: z.array(operation), warnings: z.array(text) }),
    /** From the plans alone: the job had no credentials. */
    z.object({ kind: z.literal("offline"), operations: z.array(operation), warnings: z.array(text) }),
    z.object({ kind: z.literal("failed"), message: text }),
  ]),
});

export type StackReport = z.infer<typeof stackReport>;
export type StackOperation = z.infer<typeof operation>;
