import type { PublicHostname } from "./hostname.ts";
import type { Via } from "./via.ts";
import { hasSniOverride } from "./zone-plan.ts";

/** A `via` as requested: `auto` leaves the choice to the zone's plan. */
export type RequestedVia = Via | "auto";

/** A hostname as requested. */
export interface RequestedHostname extends Omit<PublicHostname, "via"> {
  readonly via: RequestedVia;
}

/** A hostname whose `via` is decided. */
export interface ResolvedHostname extends PublicHostname {
  /** Why it has this `via`, for the reader of a plan: "requested", or what the zone's plan offers. */
  readonly reason: string;
}

/**
 * Replaces `auto` by `origin-rule` where the zone's plan has the SNI override, and by `worker` elsewhere.
 *
 * @param plan - the `legacy_id` of the zone's plan. While it is not known, `auto` is `worker`, which works on
 *   every plan
 */
export function resolveVia(hostname: RequestedHostname, plan: string | undefined): ResolvedHostname {
  const { via } = hostname;
  if (via !== "auto") return { ...hostname, via, reason: "requested" };
  if (plan === undefined)
    return { ...hostname, via: "worker", reason: "auto: the zone's plan is not known here" };
  return hasSniOverride(plan)
    ? { ...hostname, via: "origin-rule", reason: `auto: the ${plan} plan has the SNI override` }
    : { ...hostname, via: "worker", reason: `auto: the ${plan} plan has no SNI override` };
}
