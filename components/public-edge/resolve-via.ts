import { getZone } from "@pulumi/cloudflare/getZone.js";
import type { PublicHostname } from "./hostname.ts";
import type { Via } from "./via.ts";
import { hasSniOverride } from "./zone-plan.ts";

/** A hostname as it is asked for: `auto` leaves the way to its zone's plan. */
export interface RequestedHostname extends Omit<PublicHostname, "via"> {
  readonly via: Via | "auto";
}

/** A hostname whose way is settled, and what settled it. */
export interface ResolvedHostname extends PublicHostname {
  /** For the reader of a plan: "asked for", or what the zone's plan has to do with it. */
  readonly reason: string;
}

/**
 * Settles the way of each hostname: an origin rule where the zone's plan has the SNI override, a Worker
 * elsewhere.
 *
 * Zones are looked up here, before any resource, and only those of which a hostname leaves it to the plan:
 * which resources there are must be known before they are made. Where nobody can be asked, the way is the one
 * that works on every plan.
 */
export async function resolveVias(
  hostnames: readonly RequestedHostname[],
): Promise<readonly ResolvedHostname[]> {
  const undecided = new Set(hostnames.filter(({ via }) => via === "auto").map(({ zone }) => zone));
  const plans = new Map(
    await Promise.all([...undecided].map(async (zone) => [zone, await planOf(zone)] as const)),
  );
  return hostnames.map((hostname) => resolveVia(hostname, plans.get(hostname.zone)));
}

/** @param plan - the `legacy_id` of the zone's plan; undefined where it is not known */
export function resolveVia(hostname: RequestedHostname, plan: string | undefined): ResolvedHostname {
  const { via } = hostname;
  if (via !== "auto") return { ...hostname, via, reason: "asked for" };
  if (plan === undefined)
    return { ...hostname, via: "worker", reason: "auto: the zone's plan is not known here" };
  return hasSniOverride(plan)
    ? { ...hostname, via: "origin-rule", reason: `auto: the ${plan} plan has the SNI override` }
    : { ...hostname, via: "worker", reason: `auto: the ${plan} plan has no SNI override` };
}

async function planOf(zone: string): Promise<string | undefined> {
  const found: Partial<Awaited<ReturnType<typeof getZone>>> = await getZone({ filter: { name: zone } });
  // Deprecated for setting the plan; the subscription API that it points to needs access to billing.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return found.plan?.legacyId;
}
