import { expect } from "vitest";
import { type DnsRecord, records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import { workerRoutes } from "../../../sandbox/providers/cloudflare/worker.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { faults, injectFault } from "../../../sandbox/world/api.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { afterEachCall } from "./after-each-call.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import type { RealProject } from "./real-project.ts";

/** Calls that create or update what a record's target needs. */
const DEPENDENCIES = [
  "cloudflare POST /zones/{zone}/rulesets",
  "cloudflare POST /zones/{zone}/workers",
  "cloudflare PATCH /zones/{zone}/rulesets",
  "cloudflare PUT /accounts",
];

/**
 * Brings the stack up, and checks after every API call that each hostname which is published before and after can be
 * reached: its record exists, and so does what the record's target needs.
 *
 * @param slow - calls that others must wait for; the delay reveals a call that does not wait
 * @returns the steps in order of execution
 */
export async function upKeepingRoutes(
  project: RealProject<OzilabChanges>,
  changes: Partial<OzilabChanges> = {},
  slow = DEPENDENCIES,
  slowMs = 50,
): Promise<string[]> {
  const before = project.withWorld((world) => [...publicRecords(world)].map(({ name }) => name));
  const reachable = project.withWorld((world) => before.filter((host) => isReachable(world, host)));
  const outages: string[] = [];
  project.withWorld((world) => {
    for (const operation of slow) injectFault(world, { operation, times: 10, effect: { slowMs } });
  });
  const steps = await afterEachCall(
    project,
    async () => await project.upInOrder(changes),
    ({ operation, world }) => {
      for (const { host, via } of published(changes)) {
        if (!before.includes(host)) continue;
        // cname-only consists of a record alone, so only the record is checked to and from it.
        const hasFullRoute = reachable.includes(host) && via !== "cname-only";
        if (!(hasFullRoute ? isReachable(world, host) : hasRecord(world, host))) {
          outages.push(`${host}: ${operation}`);
        }
        if (!redirectsToHttps(world, host)) outages.push(`http://${host}: ${operation}`);
      }
    },
  );
  project.withWorld((world) => {
    for (const [id] of [...faults(world)]) faults(world).delete(id);
  });
  expect(outages).toEqual([]);
  return steps;
}

/** Whether a client reaches the target of a hostname's record. */
export function isReachable(world: World, host: string): boolean {
  for (const { name, content = "", zoneId } of publicRecords(world)) {
    if (name !== host) continue;
    return !content.endsWith(".ts.net") || hasRule(world, zoneId, host, content) || hasRoute(world, host);
  }
  return false;
}

/** Whether Cloudflare redirects plain HTTP for a hostname to HTTPS, before any Worker or origin gets the request. */
export function redirectsToHttps(world: World, host: string): boolean {
  return rulesets(world)
    .values()
    .filter(({ phase }) => phase === "http_request_dynamic_redirect")
    .flatMap(({ rules }) => rules)
    .some(({ expression }) => expression.startsWith("not ssl and ") && expression.includes(`"${host}"`));
}

/** Funnel routes a connection by its SNI alone, which an origin rule of the zone sets to the Funnel's hostname. */
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
