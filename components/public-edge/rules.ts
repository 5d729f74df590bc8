import type { types } from "@pulumi/cloudflare";
import type { Input } from "@pulumi/pulumi";
import { hostExpressions } from "./host-expression.ts";

type RulesetRule = types.input.RulesetRule;

/**
 * Origin rules that set the TLS server name towards the origin, and nothing else.
 *
 * Funnel picks its handler and certificate by SNI and serves its ts.net name only. The Host header must
 * stay the public name, by which Traefik routes; and because a Host override would rewrite the SNI as well
 * (Cloudflare, "Origin Rules: available settings"), there is no way to ask for one here.
 *
 * @param sni - the Funnel's ts.net name
 */
export function sniRules(hosts: readonly string[], sni: Input<string>): RulesetRule[] {
  return hostRules(hosts, {
    ref: "tailnet_edge_sni",
    description: "SNI of the Funnel, Host kept",
    action: "route",
    actionParameters: { sni: { value: sni } },
  });
}

/**
 * Configuration rules that have Cloudflare check the origin's certificate: TLS mode Full (strict), for these
 * hosts only, so that the zone's other names keep theirs.
 */
export function strictTlsRules(hosts: readonly string[]): RulesetRule[] {
  return hostRules(hosts, {
    ref: "tailnet_edge_strict_tls",
    description: "TLS Full (strict) to the origin",
    action: "set_config",
    actionParameters: { ssl: "strict" },
  });
}

/** `ref` keeps a rule's identity from one update to the next; without it every update makes new rules. */
function hostRules(
  hosts: readonly string[],
  rule: Omit<RulesetRule, "expression" | "ref"> & { readonly ref: string },
): RulesetRule[] {
  return hostExpressions(hosts).map(({ slot, expression }) => ({
    ...rule,
    ref: `${rule.ref}_${slot}`,
    expression,
  }));
}
