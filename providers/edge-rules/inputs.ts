import { z } from "zod";
import { UNKNOWN } from "../protocol/local-resource.ts";
import type { Phase, Rule } from "./rule.ts";

/** The action that the rules of each phase have (Cloudflare, "Phases list"). */
const ACTIONS: Readonly<Record<Phase, string>> = {
  http_request_dynamic_redirect: "redirect",
  http_config_settings: "set_config",
  http_request_origin: "route",
  http_request_late_transform: "rewrite",
};

/** The permission that each phase needs, by the name in Cloudflare's dashboard. Reading needs no more than Read. */
export const PERMISSIONS: Readonly<Record<Phase, string>> = {
  http_request_dynamic_redirect: "Single Redirect",
  http_config_settings: "Config Rules",
  http_request_origin: "Origin Rules",
  http_request_late_transform: "Transform Rules",
};

const rule = z.strictObject({
  action: z.string(),
  expression: z.string().min(1),
  actionParameters: z.record(z.string(), z.unknown()),
  description: z.string(),
});

export const zoneRulesInputs: z.ZodType<ZoneRulesInputs> = z
  .strictObject({
    zoneId: z.string().min(1),
    phase: z.enum(Object.keys(ACTIONS) as [Phase, ...Phase[]]),
    rules: z.record(
      z.string().regex(/^[a-z0-9_]+$/, "a name may have lower-case letters, digits and _"),
      rule,
    ),
  })
  .superRefine(({ phase, rules }, context) => {
    for (const [name, { action }] of Object.entries(rules)) {
      if (action === ACTIONS[phase] || action === UNKNOWN) continue;
      const message = `phase ${phase} has rules with the action ${ACTIONS[phase]} only`;
      context.addIssue({ code: "custom", path: ["rules", name, "action"], message });
    }
  });

/** The rules of a stack in one phase of one zone. */
export interface ZoneRulesInputs {
  readonly zoneId: string;
  readonly phase: Phase;
  /** By a name that is unique among the stack's rules of the phase: `sni_0`. */
  readonly rules: Readonly<Record<string, Rule>>;
}

/** Whether a value, or a part of it, is known after the update only. */
export function isUnknown(value: unknown): boolean {
  return JSON.stringify(value).includes(UNKNOWN);
}
