import { isDeepStrictEqual } from "node:util";

/** The phases whose rules a stack may have. */
export type Phase =
  | "http_request_dynamic_redirect"
  | "http_config_settings"
  | "http_request_origin"
  | "http_request_late_transform";

/** A rule as a program wants it. */
export interface Rule {
  readonly action: string;
  readonly expression: string;
  /** As Cloudflare's API takes them: `{ sni: { value: "…" } }`, `{ from_value: { status_code: 308 } }`. */
  readonly actionParameters: Readonly<Record<string, unknown>>;
  /** Shown in Cloudflare's dashboard. */
  readonly description: string;
}

/** A rule as the API returns it, with all its fields. */
export interface LiveRule {
  readonly id: string;
  /** Its identity over updates; its ID unless somebody chose another one. */
  readonly ref: string;
  readonly action?: string;
  readonly expression?: string;
  readonly action_parameters?: Readonly<Record<string, unknown>>;
  readonly description?: string;
  readonly enabled?: boolean;
}

/** A zone's entry point of a phase: its rules in the order in which Cloudflare evaluates them. */
export interface EntryPoint {
  readonly id: string;
  /** A number that grows with each change. */
  readonly version: string;
  readonly rules: readonly LiveRule[];
}

/** A rule to write, as the API takes it. */
export interface WrittenRule {
  readonly ref: string;
  readonly action: string;
  readonly expression: string;
  readonly action_parameters: Readonly<Record<string, unknown>>;
  readonly description: string;
  readonly enabled: boolean;
}

export function writtenRule(
  ref: string,
  { action, expression, actionParameters, description }: Rule,
): WrittenRule {
  return { ref, action, expression, action_parameters: actionParameters, description, enabled: true };
}

/** The fields of a rule that this stack writes, as a program would want them. */
export function ruleOf(live: LiveRule): Rule & { readonly enabled: boolean } {
  return {
    action: live.action ?? "",
    expression: live.expression ?? "",
    actionParameters: live.action_parameters ?? {},
    description: live.description ?? "",
    enabled: live.enabled ?? true,
  };
}

/** The names of the fields in which a live rule differs from the wanted one. */
export function differences(live: LiveRule, wanted: WrittenRule): readonly string[] {
  const found = ruleOf(live);
  const expected = ruleOf({ ...wanted, id: live.id });
  return (Object.keys(expected) as (keyof Rule)[]).filter(
    (field) => !isDeepStrictEqual(found[field], expected[field]),
  );
}
