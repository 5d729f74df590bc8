import { Resolver } from "node:dns/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { runChecks } from "../../../doctor/core/run-checks.ts";
import { dataPathChecks } from "../../../doctor/data-path/hostname-checks.ts";
import { startLab } from "../../../tools/edge-lab/lab.ts";
import { networkOf } from "../../../tools/edge-lab/network.ts";
import { FUNNEL, HEALTHY, HOST, ZONE } from "../../../tools/edge-lab/settings.ts";
import { type SharedParts, startSharedParts } from "../../../tools/edge-lab/shared.ts";

let shared: SharedParts;
beforeAll(async () => {
  shared = await startSharedParts();
});
afterAll(() => shared.stop());

/** Runs the checks of the data path on a healthy path, and counts what they open. */
async function count(hosts: readonly string[]) {
  const lab = await startLab(shared, { ...HEALTHY, hosts });
  const network = networkOf(lab.places);
  const dialled: string[] = [];
  const resolvers: string[] = [];
  const counting = {
    ...network,
    dial: (address: string, port: number) => {
      dialled.push(address);
      return network.dial(address, port);
    },
    nameServer: (address: string) => {
      resolvers.push(address);
      return network.nameServer(address);
    },
  };
  const funnel = { expected: FUNNEL, actual: FUNNEL };
  const published = hosts.map((host) => ({ host, zone: ZONE, funnel, originLock: false }));
  const askZone = vi.spyOn(Resolver.prototype, "resolveNs");
  const statuses: string[] = [];
  for await (const { status } of runChecks(dataPathChecks(counting, published))) statuses.push(status);
  await lab.stop();
  const zonesAsked = askZone.mock.calls.map(([zone]) => zone);
  askZone.mockRestore();
  return {
    zonesAsked,
    dialled: dialled.length,
    resolvers: resolvers.toSorted(),
    statuses: new Set(statuses),
  };
}

test("each more hostname opens four connections and no resolver, and does not ask for its zone again", async () => {
  const one = await count([HOST]);
  const twenty = await count([HOST, ...Array.from({ length: 19 }, (_, index) => `app-${index}.${ZONE}`)]);
  expect([one.statuses, twenty.statuses]).toEqual([new Set(["ok"]), new Set(["ok"])]);
  expect(one.dialled).toBe(3 + 4);
  expect(twenty.dialled).toBe(3 + 4 * 20);
  expect([one.zonesAsked, twenty.zonesAsked]).toEqual([[ZONE], [ZONE]]);
  expect(one.resolvers).toEqual(["1.1.1.1", "173.245.58.101", "192.168.1.1"]);
  expect(twenty.resolvers).toEqual(one.resolvers);
});
