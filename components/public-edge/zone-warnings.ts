import type { ZoneDemand } from "./zone-demand.ts";
import { isKnownPlan } from "./zone-plan.ts";

/** What may keep a zone's hostnames from being served, although Cloudflare accepts every record and rule. */
export function zoneWarnings(demand: ZoneDemand): readonly string[] {
  const { name, plan, paused, status, type } = demand.zone;
  const uncovered = uncoveredHosts(demand);
  return [
    ...(plan === undefined || isKnownPlan(plan) ? [] : [unknownPlan(name, plan)]),
    ...(paused === true ? [pausedZone(name)] : []),
    ...(status === undefined || status === "active" ? [] : [inactiveZone(name, status)]),
    ...(type === "partial" ? [partialZone(name)] : []),
    ...(uncovered.length === 0 ? [] : [uncoveredNames(name, uncovered)]),
  ];
}

/**
 * Universal SSL covers a zone's apex and one label below it (Cloudflare, "Universal SSL: limitations"). In a partial
 * zone it covers each hostname.
 */
function uncoveredHosts({ zone, hostnames }: ZoneDemand): readonly string[] {
  if (zone.type === "partial") return [];
  return hostnames
    .map(({ host }) => host)
    .filter((host) => host.slice(0, -zone.name.length).split(".").length > 2);
}

function unknownPlan(zone: string, plan: string): string {
  const limits = "whose limits are not known here: the SNI override and the number of rules were not checked";
  return `zone ${zone} is on the plan ${JSON.stringify(plan)}, ${limits}`;
}

function pausedZone(zone: string): string {
  return [
    `zone ${zone} is paused: Cloudflare resolves its names, but applies no rule and no Worker, so no hostname works`,
    "resume it in the Cloudflare dashboard",
  ].join("\n");
}

function inactiveZone(zone: string, status: string): string {
  return [
    `zone ${zone} has the status ${JSON.stringify(status)}, not "active": Cloudflare does not serve its hostnames yet`,
    "set the nameservers that the Cloudflare dashboard shows at the domain's registrar",
  ].join("\n");
}

function partialZone(zone: string): string {
  return [
    `zone ${zone} is partial: its DNS is hosted elsewhere, where the stack creates no record`,
    "there, add a CNAME from each hostname to <hostname>.cdn.cloudflare.net",
  ].join("\n");
}

function uncoveredNames(zone: string, hosts: readonly string[]): string {
  return [
    `Universal SSL covers ${zone} and one label below it, not ${hosts.join(", ")}: browsers show a TLS error`,
    "order an advanced certificate for these names, enable Total TLS, or ignore this if you have done so",
  ].join("\n");
}
