import { z } from "zod";

/** An object that rejects unknown keys: a misspelled key would have no effect. The error lists the known keys. */
export function strict<Shape extends z.core.$ZodLooseShape>(description: string, shape: Shape) {
  const known = Object.entries<z.core.$ZodType>(shape)
    .filter(([, field]) => !REFUSED.has(field))
    .map(([key]) => key)
    .join(", ");
  return z
    .strictObject(shape, { error: ({ code }) => (code === "unrecognized_keys" ? known : undefined) })
    .meta({ description });
}

const REFUSED = new WeakSet<z.core.$ZodType>();

/** A key that works elsewhere but not here. Setting it is an issue that says why. */
export function refused(allowed: string, fix: string) {
  const field = z
    .unknown()
    .superRefine((value, context) => {
      if (value !== undefined) context.addIssue({ code: "custom", params: { allowed, fix } });
    })
    .optional()
    .meta({ description: `Not allowed: ${allowed}.`, not: {} });
  REFUSED.add(field);
  // In a valid config the key is not set.
  return field as unknown as z.ZodOptional<z.ZodType<undefined>>;
}
