import type { types } from "@pulumi/cloudflare";
import type { Input } from "@pulumi/pulumi";
import type { HostExpression } from "./host-expression.ts";

type RulesetRule = types.input.RulesetRule;

/**
 * Origin rules that set the TLS server name (SNI) towards the origin, and nothing else.
 *
 * Funnel picks its handler and certificate by SNI and serves only its ts.net name. The Host header must stay
 * the public name, because Traefik routes by it. A Host override would also rewrite the SNI (Cloudflare,
 * "Origin Rules: available settings"), so this function offers none.
 *
 * @param sni - the Funnel's ts.net name
 */
export function sniRules(expressions: readonly HostExpression[], sni: Input<string>): RulesetRule[] {
  return hostRules(expressions, {
    ref: "tailnet_edge_sni",
    description: "SNI of the Funnel, Host kept",
    action: "route",
    actionParameters: { sni: { value: sni } },
  });
}

/**
 * Configuration rules that make Cloudflare check the origin's certificate: TLS mode Full (strict). They match
 * only these hosts, so the zone's other names keep their mode.
 */
export function strictTlsRules(expressions: readonly HostExpression[]): RulesetRule[] {
  return hostRules(expressions, {
    ref: "tailnet_edge_strict_tls",
    description: "TLS Full (strict) to the origin",
    action: "set_config",
    actionParameters: { ssl: "strict" },
  });
}

/**
 * Redirect rules that send plain HTTP to HTTPS, with path and query. Without them, Cloudflare would request port 80 of
 * the origin, where a Funnel does not listen. Status 308 keeps the method and the body of a request.
 */
export function httpsRedirectRules(expressions: readonly HostExpression[]): RulesetRule[] {
  return hostRules(expressions, {
    ref: "tailnet_edge_https",
    description: "HTTP to HTTPS",
    action: "redirect",
    actionParameters: {
      fromValue: {
        statusCode: 308,
        targetUrl: { expression: 'concat("https://", http.host, http.request.uri.path)' },
        preserveQueryString: true,
      },
    },
  });
}

/** `ref` keeps a rule's identity from one update to the next; without it every update makes new rules. */
function hostRules(
  expressions: readonly HostExpression[],
  rule: Omit<RulesetRule, "expression" | "ref"> & { readonly ref: string },
): RulesetRule[] {
  return expressions.map(({ slot, expression }) => ({
    ...rule,
    ref: `${rule.ref}_${slot}`,
    expression,
  }));
}
