import type { CheckFailure } from "@pulumi/pulumi/provider/index.js";
import type { z } from "zod";
import type { ResourceModel } from "./resource-model.ts";
import { holdsUnknown, type Props, valueAt } from "./values.ts";

/** Validates the known inputs of a resource. An input that is not known yet has no failure. */
export function checkInputs(model: ResourceModel<unknown>, inputs: Props): CheckFailure[] {
  const parsed = model.inputs.safeParse(inputs);
  if (!parsed.success) {
    return parsed.error.issues
      .filter(({ path }) => !holdsUnknown(valueAt(inputs, path)) || path.length === 0)
      .map((issue) => failure(issue, inputs));
  }
  return holdsUnknown(inputs) ? [] : (model.check?.(parsed.data) ?? []);
}

function failure(issue: z.core.$ZodIssue, inputs: Props): CheckFailure {
  const property = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return { property: [...issue.path, ...issue.keys].join("."), reason: "unknown property" };
  }
  if (valueAt(inputs, issue.path) === undefined) return { property, reason: "required but missing" };
  return { property, reason: issue.message };
}
