import { type KnownFields, type Match, ruleExpression } from "../../live/rule-expression.ts";

/** A rule of a ruleset, as far as it is read. */
export interface LiveRule {
  readonly id?: string | undefined;
  readonly ref?: string | undefined;
  readonly description?: string | undefined;
  readonly expression?: string | undefined;
  /** Absent for an enabled rule. */
  readonly enabled?: boolean | undefined;
  readonly action_parameters?: unknown;
}

/** A rule that applies to a request, or to some requests that share what is known. */
export interface MatchingRule<Parameters> {
  readonly name: string;
  readonly ref: string;
  readonly match: Exclude<Match, "no">;
  readonly parameters: Parameters;
}

/** The enabled rules that may apply, in their order. */
export function matchingRules<Parameters extends object>(
  rules: readonly LiveRule[],
  known: KnownFields,
): readonly MatchingRule<Partial<Parameters>>[] {
  return rules.flatMap((rule) => {
    const { ref = "", expression = "", enabled = true, action_parameters: parameters } = rule;
    const match = enabled ? ruleExpression(expression)(known) : "no";
    if (match === "no") return [];
    return [{ name: nameOf(rule), ref, match, parameters: parameters ?? {} }];
  });
}

function nameOf({ id = "", description = "" }: LiveRule): string {
  return `rule ${description === "" ? id : JSON.stringify(description)}`;
}

/** What a matching rule applies to, for evidence. */
export function reach(match: "yes" | "maybe"): string {
  return match === "yes" ? "" : ", for some requests";
}
