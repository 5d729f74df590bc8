import type { ConfigIssue } from "../config-issue.ts";

/** A Cloudflare plan by its `legacy_id`. */
interface PlanLimits {
  /** Origin rules, and likewise configuration rules, that a zone may have. */
  readonly rules: number;
  readonly sniOverride: boolean;
}

/**
 * What the plans allow (Cloudflare, "Origin Rules: availability" and "Configuration Rules: availability"):
 * the override of SNI is Enterprise's alone.
 */
const PLANS: Readonly<Record<string, PlanLimits>> = {
  free: { rules: 10, sniOverride: false },
  pro: { rules: 25, sniOverride: false },
  business: { rules: 50, sniOverride: false },
  enterprise: { rules: 300, sniOverride: true },
};

/** Whether zones on a plan, named by its `legacy_id`, have the SNI override. */
export function hasSniOverride(plan: string): boolean {
  return PLANS[plan]?.sniOverride ?? false;
}

/** Whether a plan's limits are known here. Of another nothing can be checked, and Cloudflare has the last word. */
export function isKnownPlan(plan: string): boolean {
  return Object.hasOwn(PLANS, plan);
}

/** What a zone is asked to carry. */
export interface ZoneDemand {
  /** The zone's name. */
  readonly name: string;
  /** Its plan's `legacy_id`. One that is not known here is let through with a warning: see {@link isKnownPlan}. */
  readonly plan: string;
  /** Hostnames that go by an origin rule. */
  readonly originRuleHosts: readonly string[];
  readonly originRules: readonly unknown[];
  readonly configurationRules: readonly unknown[];
}

/** What a zone's plan does not allow of what it is asked to carry. */
export function zonePlanIssues(demand: ZoneDemand): readonly ConfigIssue[] {
  const limits = PLANS[demand.plan];
  if (limits === undefined) return [];
  return [...sniIssues(demand, limits), ...quotaIssues(demand, limits)];
}

function sniIssues(
  { name, plan, originRuleHosts }: ZoneDemand,
  { sniOverride }: PlanLimits,
): readonly ConfigIssue[] {
  if (sniOverride || originRuleHosts.length === 0) return [];
  return [
    {
      path: `zone ${name}: ${originRuleHosts.join(", ")}`,
      found: `via: origin-rule in a zone on the ${plan} plan, which has no SNI override`,
      allowed: "origin-rule in a zone on the enterprise plan",
      fix: [
        "set via: worker for these hostnames, which keeps SNI and Host apart on every plan;",
        "or via: cname-only, and validate the cutover end to end: if they then answer 525 or 526, the zone needs",
        "a plan with the SNI override, or the hostname another edge, such as via: { cname: <a tunnel's name> }",
      ].join("\n"),
    },
  ];
}

function quotaIssues(
  { name, plan, originRules, configurationRules }: ZoneDemand,
  { rules }: PlanLimits,
): readonly ConfigIssue[] {
  return Object.entries({ "origin rules": originRules, "configuration rules": configurationRules })
    .filter(([, asked]) => asked.length > rules)
    .map(([kind, asked]) => ({
      path: `zone ${name}`,
      found: `hostnames that fill ${asked.length} ${kind}`,
      allowed: `${rules} ${kind} on the ${plan} plan`,
      fix: "move hostnames to another zone, or the zone to a larger plan",
    }));
}

/** A script serves the zones of its own account alone, and a stack has one script. */
export function accountIssues(
  zones: readonly { readonly name: string }[],
  accounts: readonly string[],
): readonly ConfigIssue[] {
  const [first] = accounts;
  return zones.flatMap(({ name }, index) => {
    if (accounts[index] === first) return [];
    return [
      {
        path: `zone ${name}`,
        found: `hostnames with via: worker, in another account than those of zone ${zones[0]?.name ?? ""}`,
        allowed: "zones of one account, as the stack's one Worker serves its own account's zones",
        fix: "give these hostnames another way, or move them to a stack of their own",
      },
    ];
  });
}
