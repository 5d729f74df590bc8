import { type AddedHostname, type Calls, callsBeyond, type SizeFigures } from "./sandbox-figures.ts";

/** API calls that one more hostname may add to those of a no-op up. */
const COST_OF_A_HOSTNAME: Calls = {
  "cloudflare POST /zones/{zone}/dns_records": 1,
  // One for each of the zone's three phases, and one reading that finds writes of others which undid it.
  "cloudflare PATCH /zones/{zone}/rulesets/{ruleset}/rules/{rule}": 3,
  "cloudflare GET /zones/{zone}/rulesets/phases/{phase}/entrypoint": 3,
};

/** Every change and call beyond what one more hostname may cost: its record and one rule in each of its zone's three phases. */
export function addedHostnameDeviations({ size, host, zone, noOp, up }: AddedHostname): readonly string[] {
  const where = `one more hostname at ${label(size)}`;
  const wanted = [
    `create DnsRecord ${host}`,
    `update ZoneRules ${zone}-configuration-rules`,
    `update ZoneRules ${zone}-origin-rules`,
    `update ZoneRules ${zone}-redirect-rules`,
  ];
  const unexpected = [
    ...up.changes.filter((change) => !wanted.includes(change)).map((change) => `did ${change}`),
    ...wanted.filter((change) => !up.changes.includes(change)).map((change) => `did not ${change}`),
  ];
  const cost = callsBeyond(up.calls, noOp.calls);
  const calls = Object.entries(callsBeyond(cost, COST_OF_A_HOSTNAME)).map(
    ([name]) => `made ${cost[name] ?? 0} calls of ${name}, not ${COST_OF_A_HOSTNAME[name] ?? 0}`,
  );
  return [...unexpected, ...calls].map((what) => `${where}: ${what}`);
}

/** Every change and write of a no-op up, in any round of either program. */
export function noOpDeviations(size: SizeFigures): readonly string[] {
  const deviations = size.rounds.flatMap((round) =>
    (["ozilab", "flat"] as const).flatMap((name) => {
      const { calls, changes } = round[name]["no-op up"];
      const writes = Object.keys(calls).filter((name) => !isRead(name));
      return [
        ...changes.map((change) => `did ${change}`),
        ...writes.map((name) => `made ${calls[name] ?? 0} calls of ${name}`),
      ].map((what) => `no-op up of ${name} at ${label(size)}: ${what}`);
    }),
  );
  return [...new Set(deviations)];
}

/** @param operation - as the simulated systems count it: system, verb, and what it is about */
function isRead(operation: string): boolean {
  return / (GET|helm get)( |$)/.test(operation);
}

function label({ hostnames, zones }: SizeFigures | AddedHostname["size"]): string {
  return `${hostnames} hostnames in ${zones} ${zones === 1 ? "zone" : "zones"}`;
}
