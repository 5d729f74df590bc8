import { routeOf } from "../../components/public-edge/via.ts";
import { type Check, unknown } from "../core/check.ts";
import type { Systems } from "../systems.ts";
import type { Target, TargetHost } from "../target/target.ts";
import { hostChecks, WORKER_CHECK } from "./host-checks.ts";
import { workerOutcome } from "./worker.ts";
import { type ZoneReadings, zoneReadings } from "./zone-readings.ts";
import { planOutcome, zoneOutcome } from "./zone.ts";

type OwnCheck = Omit<Check, "group">;

/** The checks of what the stack's hostnames have at Cloudflare: the zones, the Worker, then each hostname. */
export function cloudflareChecks(target: Target, systems: Systems): readonly Check[] {
  const zones = [...Map.groupBy(target.hosts, ({ zone }) => zone)].map(([zone, hosts]) => ({
    ...{ zone, hosts },
    readings: zoneReadings(zone, systems),
  }));
  return [
    ...zones.flatMap(({ zone, hosts, readings }) => zoneChecks(zone, hosts, readings)),
    ...zones
      .filter(({ hosts }) => hosts.some(({ via }) => routeOf(via).workerRoute))
      // The Worker serves zones of one account.
      .slice(0, 1)
      .map(({ zone, readings }) => workerCheck(target, zone, readings)),
    ...zones.flatMap(({ hosts, readings }) => hosts.flatMap((host) => hostChecks(target, host, readings))),
  ].map((check) => ({ ...check, group: "cloudflare" as const }));
}

function zoneChecks(name: string, hosts: readonly TargetHost[], { zone }: ZoneReadings): readonly OwnCheck[] {
  const common = { subject: `zone ${name}`, needs: "Cloudflare: Zone Read" };
  const plan: OwnCheck = {
    ...{ ...common, id: `plan/${name}`, title: "its plan has the SNI override" },
    explainedBy: [`zone/${name}`],
    run: async () => planOutcome(await zone()),
  };
  return [
    {
      ...{ ...common, id: `zone/${name}`, title: "is active", explainedBy: [] },
      run: async () => zoneOutcome(await zone(), name),
    },
    ...(hosts.some(({ via }) => routeOf(via).originRule) ? [plan] : []),
  ];
}

function workerCheck({ config }: Target, zone: string, { scripts }: ZoneReadings): OwnCheck {
  const name = config.publicEdge?.worker.name ?? "";
  return {
    ...{ id: WORKER_CHECK, subject: `Worker ${name}`, title: "is uploaded", explainedBy: [`zone/${zone}`] },
    needs: "Cloudflare: Zone Read, Workers Scripts Read of the account",
    run: async () => {
      const found = await scripts();
      return found ? workerOutcome(found, name) : unknown("the zone was not found");
    },
  };
}
