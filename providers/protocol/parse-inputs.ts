import type { z } from "zod";
import type { Failure } from "./local-resource.ts";

/** Reads the inputs of a request by their schema, or returns why each of them is refused. */
export function parseInputs<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { readonly inputs: T } | { readonly failures: readonly Failure[] } {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { inputs: parsed.data };
  const failures = parsed.error.issues.map(({ path, message }) => ({
    property: path.join("."),
    reason: message,
  }));
  return { failures };
}
