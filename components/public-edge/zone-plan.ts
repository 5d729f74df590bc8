import type { ConfigIssue } from "../config-issue.ts";
import { hostnamesWith, needsWorker, type ZoneDemand } from "./zone-demand.ts";

/** What a Cloudflare plan offers a zone. */
interface PlanLimits {
  /** How many origin rules a zone may have; also how many configuration, redirect and transform rules. */
  readonly rules: number;
  readonly sniOverride: boolean;
}

/**
 * The plans by their `legacy_id` (Cloudflare, "Origin Rules: availability" and "Configuration Rules:
 * availability"). Only Enterprise has the SNI override.
 */
const PLANS: Readonly<Record<string, PlanLimits>> = {
  free: { rules: 10, sniOverride: false },
  pro: { rules: 25, sniOverride: false },
  business: { rules: 50, sniOverride: false },
  enterprise: { rules: 300, sniOverride: true },
};

/** Whether zones on a plan, given by its `legacy_id`, have the SNI override. */
export function hasSniOverride(plan: string): boolean {
  return PLANS[plan]?.sniOverride ?? false;
}

/** Whether a plan's limits are known here. A demand on another plan is not checked. */
export function isKnownPlan(plan: string): boolean {
  return Object.hasOwn(PLANS, plan);
}

/** What a zone's plan does not allow of a demand. None for a plan that is not known. */
export function zonePlanIssues(demand: ZoneDemand): readonly ConfigIssue[] {
  const { plan } = demand.zone;
  const limits = plan === undefined ? undefined : PLANS[plan];
  if (plan === undefined || limits === undefined) return [];
  return [...sniIssues(demand, plan, limits), ...quotaIssues(demand, plan, limits)];
}

function sniIssues(
  { zone, hostnames }: ZoneDemand,
  plan: string,
  { sniOverride }: PlanLimits,
): readonly ConfigIssue[] {
  const hosts = hostnamesWith(hostnames, ({ originRule }) => originRule).map(({ host }) => host);
  if (sniOverride || hosts.length === 0) return [];
  return [
    {
      path: `zone ${zone.name}: ${hosts.join(", ")}`,
      found: `via: origin-rule in a zone on the ${plan} plan, which has no SNI override`,
      allowed: "origin-rule in a zone on the enterprise plan",
      fix: [
        "set via: worker for these hostnames, which works on every plan; or set via: cname-only and test the",
        "cutover end to end. If they answer 525 or 526, the zone needs a plan with the SNI override, or the",
        "hostnames another edge, such as via: { cname: <a tunnel's name> }",
      ].join("\n"),
    },
  ];
}

function quotaIssues(
  { zone, originRules, strictTlsRules, redirectRules, lockRules }: ZoneDemand,
  plan: string,
  { rules }: PlanLimits,
): readonly ConfigIssue[] {
  const demands = {
    "origin rules": originRules,
    "configuration rules": strictTlsRules,
    "redirect rules": redirectRules,
    "transform rules": lockRules,
  };
  return Object.entries(demands)
    .filter(([, needed]) => needed.length > rules)
    .map(([kind, needed]) => ({
      path: `zone ${zone.name}`,
      found: `hostnames that need ${needed.length} ${kind}`,
      allowed: `${rules} ${kind} on the ${plan} plan`,
      fix: "move hostnames to another zone, or the zone to a larger plan",
    }));
}

/** A Worker serves only zones of its own account, and a stack has one Worker. */
export function accountIssues(demands: readonly ZoneDemand[]): readonly ConfigIssue[] {
  const [first, ...others] = demands.filter(needsWorker).map(({ zone }) => zone);
  return others
    .filter(({ accountId }) => accountId !== first?.accountId)
    .map(({ name }) => ({
      path: `zone ${name}`,
      found: `hostnames with via: worker, in another account than those of zone ${first?.name ?? ""}`,
      allowed: "zones of one account, because the stack's Worker serves only zones of its own account",
      fix: "set another via for these hostnames, or move them to a stack of their own",
    }));
}
