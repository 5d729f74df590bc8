import { z } from "zod";

/** An object in which an unknown key is a issue: one that nothing reads would be believed to work. */
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

/** A key that cannot work where it stands, though it does elsewhere: giving it is a issue that says why. */
export function refused(allowed: string, fix: string) {
  const field = z
    .unknown()
    .superRefine((value, context) => {
      if (value !== undefined) context.addIssue({ code: "custom", params: { allowed, fix } });
    })
    .optional()
    .meta({ description: `Not here: ${allowed}.`, not: {} });
  REFUSED.add(field);
  return field;
}
