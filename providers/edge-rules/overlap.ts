import { type Match, ruleExpression } from "../../live/rule-expression.ts";
import { namedHosts } from "./named-hosts.ts";
import type { LiveRule, Phase, WrittenRule } from "./rule.ts";

/** A rule of somebody else that sets the same field for the same host as one of the stack's rules. */
export interface Overlap {
  readonly foreign: LiveRule;
  /** A field that both set: `sni`, `ssl`, `headers.x-secret`; `redirect` for any redirect. */
  readonly field: string;
  /** A host of the stack's rule that the other one matches. */
  readonly host: string;
  /** Whether it matches all requests for that host, or possibly some. */
  readonly matches: Exclude<Match, "no">;
}

/**
 * Whether the first rule that matches decides. In the redirect phase it does, because a redirect ends the evaluation;
 * in the others a later rule overrides the fields of an earlier one (Cloudflare, "Rules: execution order").
 */
export function isFirstMatchPhase(phase: Phase): boolean {
  return phase === "http_request_dynamic_redirect";
}

/** The overlaps of one of the stack's rules with rules of others, in the order of those. Disabled rules have none. */
export function overlapsOf(own: WrittenRule, foreigners: readonly LiveRule[]): readonly Overlap[] {
  const hosts = namedHosts(own.expression);
  const fields = fieldsOf(own);
  return foreigners.flatMap((foreign) => {
    const field =
      foreign.enabled === false ? undefined : fieldsOf(foreign).find((name) => fields.includes(name));
    if (field === undefined) return [];
    const matchOf = ruleExpression(foreign.expression ?? "");
    const tested = hosts.map((host) => ({ host, matches: matchOf({ "http.host": host }) }));
    const found =
      tested.find(({ matches }) => matches === "yes") ?? tested.find(({ matches }) => matches === "maybe");
    return found === undefined || found.matches === "no"
      ? []
      : [{ foreign, field, host: found.host, matches: found.matches }];
  });
}

/** Whether a rule matches a host that one of the stack's rules names, possibly for some requests only. */
export function mayMatchHostOf({ expression = "" }: LiveRule, own: WrittenRule): boolean {
  const matchOf = ruleExpression(expression);
  return namedHosts(own.expression).some((host) => matchOf({ "http.host": host }) !== "no");
}

/** What a rule sets. */
function fieldsOf({ action, action_parameters: parameters = {} }: LiveRule | WrittenRule): readonly string[] {
  if (action === "redirect") return ["redirect"];
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (name === "headers")
      return Object.keys(value as object).map((header) => `headers.${header.toLowerCase()}`);
    // A Host override sets the SNI too, unless the same rule sets another one (Cloudflare, "Origin Rules").
    return name === "host_header" ? ["host_header", "sni"] : [name];
  });
}
