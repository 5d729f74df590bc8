import type { Input } from "@pulumi/pulumi";
import type { ZoneRule } from "../../providers/edge-rules/zone-rules.ts";
import { LOCK_HEADER } from "../../worker/src/lock-header.ts";
import type { HostExpression } from "./host-expression.ts";

/** Rules of one phase by their name, which identifies them from one update to the next: `sni_0`. */
type NamedRules = Readonly<Record<string, ZoneRule>>;

/**
 * Origin rules that set the TLS server name (SNI) towards the origin, and nothing else.
 *
 * Funnel picks its handler and certificate by SNI and serves only its ts.net name. The Host header must stay
 * the public name, because Traefik routes by it. A Host override would also rewrite the SNI (Cloudflare,
 * "Origin Rules: available settings"), so this function offers none.
 *
 * @param sni - the Funnel's ts.net name
 */
export function sniRules(expressions: readonly HostExpression[], sni: Input<string>): NamedRules {
  return hostRules("sni", expressions, {
    description: "SNI of the Funnel, Host kept",
    action: "route",
    actionParameters: { sni: { value: sni } },
  });
}

/**
 * Configuration rules that make Cloudflare check the origin's certificate: TLS mode Full (strict). They match
 * only these hosts, so the zone's other names keep their mode.
 */
export function strictTlsRules(expressions: readonly HostExpression[]): NamedRules {
  return hostRules("strict_tls", expressions, {
    description: "TLS Full (strict) to the origin",
    action: "set_config",
    actionParameters: { ssl: "strict" },
  });
}

/**
 * Redirect rules that send plain HTTP to HTTPS, with path and query. Without them, Cloudflare would request port 80 of
 * the origin, where a Funnel does not listen. Status 308 keeps the method and the body of a request.
 */
export function httpsRedirectRules(expressions: readonly HostExpression[]): NamedRules {
  return hostRules("https", expressions, {
    description: "HTTP to HTTPS",
    action: "redirect",
    actionParameters: {
      from_value: {
        status_code: 308,
        target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' },
        preserve_query_string: true,
      },
    },
  });
}

/**
 * Transform rules that send the origin lock's secret to the origin. They replace a header of that name that the visitor
 * sent.
 *
 * @param secret - a Pulumi secret
 */
export function lockRules(expressions: readonly HostExpression[], secret: Input<string>): NamedRules {
  return hostRules("lock", expressions, {
    description: "Origin lock",
    action: "rewrite",
    actionParameters: { headers: { [LOCK_HEADER]: { operation: "set", value: secret } } },
  });
}

/** @param name - of the rules, followed by each one's slot */
function hostRules(
  name: string,
  expressions: readonly HostExpression[],
  rule: Omit<ZoneRule, "expression">,
): NamedRules {
  return Object.fromEntries(
    expressions.map(({ slot, expression }) => [`${name}_${slot}`, { ...rule, expression }]),
  );
}
