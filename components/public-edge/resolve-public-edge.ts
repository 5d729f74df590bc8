import { throwIfAny } from "../config-issue.ts";
import { type RequestedHostname, type ResolvedHostname, resolveVia } from "./resolve-via.ts";
import { type ZoneDemand, zoneDemand } from "./zone-demand.ts";
import { accountIssues, zonePlanIssues } from "./zone-plan.ts";
import { lookUpZones } from "./zone.ts";

/** The public edge, decided: what each hostname and each zone gets. */
export interface ResolvedPublicEdge {
  /** In the order of the request. */
  readonly hostnames: readonly ResolvedHostname[];
  /** One for each zone that has a hostname, sorted by name. */
  readonly demands: readonly ZoneDemand[];
}

/**
 * Looks up each hostname's zone, decides every `via`, and checks that the zones can carry the hostnames.
 *
 * Call it before the first resource: a mistake then fails the preview, and an update that skips the preview,
 * before anything changes.
 *
 * @param locked - whether the stack has an origin lock
 * @throws UserError with the issues of all zones at once
 */
export async function resolvePublicEdge(
  requested: readonly RequestedHostname[],
  locked = false,
): Promise<ResolvedPublicEdge> {
  const zones = await lookUpZones(requested.map(({ zone }) => zone));
  const plans = new Map(zones.map(({ name, plan }) => [name, plan]));
  const hostnames = requested.map((hostname) => resolveVia(hostname, plans.get(hostname.zone)));
  const demands = zones.map((zone) =>
    zoneDemand(
      zone,
      hostnames.filter((hostname) => hostname.zone === zone.name),
      locked,
    ),
  );
  throwIfAny("the public edge", [...demands.flatMap(zonePlanIssues), ...accountIssues(demands)]);
  return { hostnames, demands };
}
