import { nameOfAnyOwner } from "../../providers/edge-rules/owner.ts";
import { LOCK_HEADER } from "../../worker/src/lock-header.ts";
import { broken, ok, type Outcome } from "../core/check.ts";
import { type LiveRule, matchingRules, reach } from "./matching-rules.ts";

interface RewriteParameters {
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The names of a stack's rules for the lock. */
const LOCK_RULE = /^lock_\d+$/;

/**
 * Whether the requests of a hostname get the origin lock's secret from the stack's transform rule.
 *
 * The rules run in their order, so the last one that changes the header decides (Cloudflare, "Transform Rules"). The
 * evidence names rules, and never a value.
 */
export function lockHeaderOutcome(rules: readonly LiveRule[], host: string): Outcome {
  const changes = changesOf(rules, host);
  const own = changes.findLastIndex(({ match, ref }) => match === "yes" && isLockRule(ref));
  const rule = changes[own];
  if (rule === undefined) {
    const switchedOff = rules.filter(({ enabled }) => enabled === false);
    const disabled = changesOf(
      switchedOff.map((one) => ({ ...one, enabled: true })),
      host,
    ).find(({ ref }) => isLockRule(ref));
    const seen = disabled === undefined ? `no rule of the stack sets it` : `${disabled.name} is disabled`;
    return broken("lock-rule-missing", `header ${LOCK_HEADER} for ${host}: ${seen}`);
  }
  const [rival] = changes.slice(own + 1);
  if (rival === undefined) return ok(`${rule.name} sets ${LOCK_HEADER}`);
  return broken("lock-header-overridden", `${rival.name} changes ${LOCK_HEADER}${reach(rival.match)}`);
}

function isLockRule(ref: string): boolean {
  return LOCK_RULE.test(nameOfAnyOwner(ref) ?? "");
}

/** The rules that may change the header in requests for a host. */
function changesOf(rules: readonly LiveRule[], host: string) {
  return matchingRules<RewriteParameters>(rules, { "http.host": host, ssl: true }).filter(
    ({ parameters: { headers = {} } }) =>
      Object.keys(headers).some((header) => header.toLowerCase() === LOCK_HEADER),
  );
}
