import { broken, ok, type Outcome } from "../core/check.ts";
import { type LiveRule, matchingRules, reach } from "./matching-rules.ts";

interface RouteParameters {
  readonly host_header: string;
  readonly sni: { readonly value?: string };
  readonly origin: { readonly host?: string; readonly port?: number };
}

/**
 * Whether the requests of a hostname get the Funnel's name as SNI.
 *
 * Matching origin rules are merged: the last one that sets the SNI wins (Cloudflare, "Origin Rules FAQ").
 */
export function sniOutcome(rules: readonly LiveRule[], host: string, funnel: string): Outcome {
  const setting = routes(rules, host).flatMap(({ name, match, parameters: { sni } }) =>
    sni?.value === undefined ? [] : [{ name, match, sni: sni.value }],
  );
  const last = setting.findLastIndex(({ match }) => match === "yes");
  const winner = setting[last];
  const rival = setting.slice(last + 1).find(({ sni }) => sni !== funnel);
  if (winner?.sni === funnel && rival === undefined) return ok(`${winner.name} sets ${funnel}`);
  const other = winner?.sni === funnel ? rival : winner;
  if (other === undefined) return broken("sni-rule-missing", `no origin rule sets an SNI for ${host}`);
  return broken("sni-overridden", `${other.name} sets ${other.sni}${reach(other.match)}, not ${funnel}`);
}

/** Whether no origin rule replaces the Host header. */
export function hostHeaderOutcome(rules: readonly LiveRule[], host: string): Outcome {
  const override = routes(rules, host).find(
    ({ parameters: { host_header: value } }) => value !== undefined && value !== host,
  );
  if (override === undefined) return ok(`Host stays ${host}`);
  const { name, match, parameters } = override;
  return broken("host-overridden", `${name} sets Host ${parameters.host_header ?? ""}${reach(match)}`);
}

/** Whether no origin rule sends the requests to another origin, or to another port than 443. */
export function originOutcome(rules: readonly LiveRule[], host: string): Outcome {
  const override = routes(rules, host).find(
    ({ parameters: { origin } }) => origin?.host !== undefined || (origin?.port ?? 443) !== 443,
  );
  if (override === undefined) return ok("no override");
  const { name, match, parameters } = override;
  const { host: target = host, port = 443 } = parameters.origin ?? {};
  return broken("origin-overridden", `${name} sends to ${target}:${port}${reach(match)}`);
}

function routes(rules: readonly LiveRule[], host: string) {
  return matchingRules<RouteParameters>(rules, { "http.host": host, ssl: true });
}
