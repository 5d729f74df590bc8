import { broken, ok, type Outcome } from "../core/check.ts";
import { type LiveRule, matchingRules, reach } from "./matching-rules.ts";

/** TLS modes in which Cloudflare checks the origin's certificate. */
const STRICT = ["strict", "origin_pull"];

/**
 * Whether Cloudflare checks the certificate of a hostname's origin. The last matching configuration rule that sets the
 * TLS mode wins, and any of them wins over the zone's setting.
 *
 * @param zoneMode - the zone's own TLS mode; asked only if no rule decides
 */
export async function strictTlsOutcome(
  rules: readonly LiveRule[],
  host: string,
  zoneMode: () => Promise<string>,
): Promise<Outcome> {
  const setting = matchingRules<{ readonly ssl: string }>(rules, { "http.host": host, ssl: true }).flatMap(
    ({ name, match, parameters: { ssl } }) => (ssl === undefined ? [] : [{ name, match, mode: ssl }]),
  );
  const last = setting.findLastIndex(({ match }) => match === "yes");
  const winner = setting[last];
  const lax = [...(winner ? [winner] : []), ...setting.slice(last + 1)].find(
    ({ mode }) => !STRICT.includes(mode),
  );
  if (lax)
    return broken("tls-mode-overridden", `${lax.name} sets the TLS mode ${lax.mode}${reach(lax.match)}`);
  if (winner) return ok(`${winner.name} sets the TLS mode ${winner.mode}`);
  const mode = await zoneMode();
  if (STRICT.includes(mode)) return ok(`the zone's TLS mode is ${mode}`);
  return broken("tls-not-strict", `no rule for ${host}, and the zone's TLS mode is ${mode}`);
}
