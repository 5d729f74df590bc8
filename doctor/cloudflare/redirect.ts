import { broken, ok, type Outcome } from "../core/check.ts";
import { type LiveRule, type MatchingRule, matchingRules } from "./matching-rules.ts";

interface RedirectParameters {
  readonly from_value: {
    readonly target_url?: { readonly value?: string; readonly expression?: string };
  };
}

/**
 * Whether plain HTTP is redirected to the same host by HTTPS, and HTTPS is not redirected. The first redirect rule that
 * matches ends the request. A rule for some paths only is the user's business.
 *
 * @param alwaysHttps - whether the zone redirects all hostnames; asked only if no rule decides
 */
export async function redirectOutcome(
  rules: readonly LiveRule[],
  host: string,
  alwaysHttps: () => Promise<boolean>,
): Promise<Outcome> {
  const secure = first(rules, { "http.host": host, ssl: true });
  if (secure) return broken("redirect-elsewhere", `${secure.name} redirects HTTPS to ${targetOf(secure)}`);
  const plain = first(rules, { "http.host": host, ssl: false, "http.request.uri.path": "/" });
  if (plain && isToHttps(targetOf(plain), host)) return ok(`${plain.name} redirects to HTTPS`);
  if (plain) return broken("redirect-elsewhere", `${plain.name} redirects to ${targetOf(plain)}`);
  if (await alwaysHttps()) return ok("the zone has Always Use HTTPS on");
  return broken("redirect-missing", `no redirect rule for ${host}, and Always Use HTTPS is off`);
}

type Redirect = MatchingRule<Partial<RedirectParameters>>;

function first(
  rules: readonly LiveRule[],
  known: Readonly<Record<string, string | boolean>>,
): Redirect | undefined {
  return matchingRules<RedirectParameters>(rules, known).find(({ match }) => match === "yes");
}

function targetOf({ parameters: { from_value: from } }: Redirect): string {
  return from?.target_url?.value ?? from?.target_url?.expression ?? "nowhere";
}

/** A fixed URL, the expression of this project, or the one of Cloudflare's template. */
function isToHttps(target: string, host: string): boolean {
  const isFixed = target === `https://${host}` || target.startsWith(`https://${host}/`);
  return (
    isFixed ||
    /^concat\(\s*"https:\/\/",\s*http\.host\b/.test(target) ||
    /"https:\/\/\$\{1\}"\)?$/.test(target)
  );
}
