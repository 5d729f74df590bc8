import { z } from "zod";
import { distinctAccess } from "./rules/access.ts";
import { uniqueNames } from "./rules/names.ts";
import { operatorValues } from "./rules/operator-values.ts";
import { consistentServices } from "./rules/private-services.ts";
import { hostnamesInZones, lockedOrigins, otherTargets, usefulOrigins } from "./rules/public-edge.ts";
import { declaredHomepage, declaredProxyGroups } from "./rules/references.ts";
import type { Rule } from "./rules/rule.ts";
import { managedPolicy, operatorNamespace, operatorSecret, operatorTag } from "./rules/tailnet.ts";
import { validPart } from "./rules/valid-part.ts";
import { configFields } from "./schema.ts";

const RULES: readonly Rule[] = [
  managedPolicy,
  uniqueNames,
  operatorTag,
  operatorNamespace,
  operatorSecret,
  operatorValues,
  hostnamesInZones,
  otherTargets,
  usefulOrigins,
  lockedOrigins,
  consistentServices,
  distinctAccess,
  declaredProxyGroups,
  declaredHomepage,
];

/**
 * The plain part of a stack's configuration: its fields, and the rules across them.
 *
 * `when` runs the rules although some fields are invalid, so that all issues are reported at once. It has no
 * effect on an issue with `continue: false`, such as that of `z.int()`: no field may report one.
 */
export const configSchema = configFields.superRefine(
  (config, context) => {
    const fieldIssues = context.issues.map((issue) =>
      z.core.util.finalizeIssue(issue, undefined, z.core.config()),
    );
    const valid = validPart(config, fieldIssues);
    for (const { path, ...params } of RULES.flatMap((rule) => rule(valid))) {
      context.addIssue({ code: "custom", path: [...path], params });
    }
  },
  { when: ({ value }) => typeof value === "object" && value !== null },
);
