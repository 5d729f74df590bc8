import { expect } from "vitest";
import { type DnsRecord, records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/ruleset.ts";
import { workerRoutes, workerScripts } from "../../../sandbox/providers/cloudflare/worker.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { faults, injectFault } from "../../../sandbox/world/api.ts";
import { afterEachCall } from "./after-each-call.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import type { RealProject } from "./real-project.ts";

/** What has to be there before a record leads to it. */
const DEPENDENCIES = [
  "cloudflare POST /zones/{zone}/rulesets",
  "cloudflare POST /zones/{zone}/workers",
  "cloudflare PUT /zones/{zone}/rulesets",
  "cloudflare PUT /accounts",
];

/**
 * Brings the stack up, and sees to it that in every moment each hostname that was there before and still is
 * could be reached: it has its record, and what the record's target needs.
 *
 * @param slow - calls that others have to wait for: while they are slow, it is seen who does not
 * @returns what was done, in the order in which it was
 */
export async function upKeepingRoutes(
  project: RealProject<OzilabChanges>,
  changes: Partial<OzilabChanges> = {},
  slow = DEPENDENCIES,
  slowMs = 50,
): Promise<string[]> {
  const before = project.withWorld((world) => [...publicRecords(world)].map(({ name }) => name));
  const reached = project.withWorld((world) => before.filter((host) => isReachable(world, host)));
  const without: string[] = [];
  project.withWorld((world) => {
    for (const operation of slow) injectFault(world, { operation, times: 10, effect: { slowMs } });
  });
  const done = await afterEachCall(
    project,
    async () => await project.upInOrder(changes),
    ({ operation, world }) => {
      for (const { host, via } of published(changes)) {
        if (!before.includes(host)) continue;
        // The record is all there is to cname-only, and all there was to a hostname that comes from it.
        const whole = reached.includes(host) && via !== "cname-only";
        if (!(whole ? isReachable(world, host) : hasRecord(world, host)))
          without.push(`${host}: ${operation}`);
      }
    },
  );
  project.withWorld((world) => {
    for (const [id] of [...faults(world)]) faults(world).delete(id);
  });
  expect(without).toEqual([]);
  return done;
}

/** Whether a visitor of a hostname gets to where its record leads. */
export function isReachable(world: World, host: string): boolean {
  for (const { name, content = "", zoneId } of publicRecords(world)) {
    if (name !== host) continue;
    return !content.endsWith(".ts.net") || hasRule(world, zoneId, host, content) || hasRoute(world, host);
  }
  return false;
}

/** The Funnel knows a visitor by SNI alone, which a rule of the zone sets to the name of the Funnel. */
function hasRule(world: World, zone: string, host: string, sni: string): boolean {
  return rulesets(world)
    .values()
    .filter(({ zoneId, phase }) => zoneId === zone && phase === "http_request_origin")
    .flatMap(({ rules }) => rules)
    .some(({ expression, actionParameters }) => {
      const { value } = (actionParameters?.["sni"] ?? {}) as { value?: unknown };
      return expression.includes(`"${host}"`) && value === sni;
    });
}

function hasRoute(world: World, host: string): boolean {
  return workerRoutes(world)
    .values()
    .some(({ pattern, script = "" }) => pattern === `${host}/*` && workerScripts(world).has(script));
}

function hasRecord(world: World, host: string): boolean {
  return publicRecords(world).some(({ name }) => name === host);
}

function publicRecords(world: World): DnsRecord[] {
  return [...zones(world)].flatMap(([id]) => records(world, id).values());
}

function published(changes: Partial<OzilabChanges>): { host: string; via?: unknown }[] {
  const { hostnames } = ozilabConfig(changes)["tailnet-edge:publicEdge"];
  return hostnames.map((hostname) => (typeof hostname === "string" ? { host: hostname } : hostname));
}
