import { z } from "zod";

/** A TCP port. */
export function port(description: string) {
  return integer(description, { min: 1, max: 65535 });
}

/** A whole number. Not `z.int()`, whose issue keeps the rules across fields from running. */
export function integer(description: string, { min, max }: { readonly min: number; readonly max?: number }) {
  const allowed =
    max === undefined ? `a whole number, ${min} or more` : `a whole number from ${min} to ${max}`;
  return z
    .number()
    .superRefine((value, context) => {
      if (Number.isSafeInteger(value) && value >= min && value <= (max ?? Infinity)) return;
      context.addIssue({ code: "custom", params: { allowed, fix: "write a whole number in this range" } });
    })
    .meta({ description, type: "integer", minimum: min, ...(max !== undefined && { maximum: max }) });
}
