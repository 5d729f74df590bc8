import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { dashboard, database } from "../../support/private-services.ts";
import { DASHBOARD, dashboardName, FAILURES, HEALTHY, lines, OK } from "./private-failures.ts";
import { checkPrivateServices, type PrivateWorld, statuses } from "./private-lab.ts";

const defaultRouter = (request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(request.headers.host === "served.example.com" ? 200 : 404).end("404 page not found\n");
};

test("reports healthy services as healthy", async () => {
  expect(await statuses(HEALTHY)).toEqual(OK);
});

test.each(FAILURES)("diagnoses %s by %s", async (cause, id, change) => {
  expect(await statuses(change(HEALTHY))).toEqual(lines([[cause, id]]));
});

test("a legacy hostname whose wildcard record leads to Traefik's default router is closed", async () => {
  const world: PrivateWorld = {
    ...HEALTHY,
    publicDns: { "pgadmin.tazlab.net": { addresses: ["203.0.113.80"] } },
    endpoints: {
      ...HEALTHY.endpoints,
      "203.0.113.80:443": { kind: "https", name: "pgadmin.tazlab.net", respond: defaultRouter },
    },
  };
  expect(await statuses(world)).toEqual(OK);
});

test("a name that is missing is a finding only if this machine sees a service for the same clients", async () => {
  const dashboardOnly = { [dashboardName]: { addresses: [DASHBOARD] } };
  const missing = { ...HEALTHY, magicDns: dashboardOnly };
  const [name, port] = await statuses(missing);
  expect([name, port]).toEqual(["tailnet-name/tazlab-db unknown", "tailnet-port/tazlab-db/5432 unknown"]);
  const peers = { ...missing, services: [database, { ...dashboard, allowFrom: database.allowFrom }] };
  const [sameName, samePort] = await statuses(peers);
  expect([sameName, samePort]).toEqual([
    "tailnet-name/tazlab-db broken private-name-missing",
    "tailnet-port/tazlab-db/5432 unknown tailnet-name/tazlab-db",
  ]);
});

test("outside the tailnet and the local network, says what it cannot tell, and still proves the rest", async () => {
  const outside: PrivateWorld = {
    ...HEALTHY,
    magicDns: undefined,
    subnets: ["10.0.0.5/24"],
    endpoints: { "192.168.1.241:5432": { kind: "drops" }, "192.168.1.242:8001": { kind: "drops" } },
  };
  const results = await checkPrivateServices(outside);
  expect(results.filter(({ status }) => status === "ok").map(({ id }) => id)).toEqual([
    "public-name/tazlab-db",
    "node-port/tazlab-db",
    "public-name/pgadmin",
    "node-port/pgadmin",
    "legacy-route/pgadmin/https://pgadmin.tazlab.net",
  ]);
  expect(results.filter(({ status }) => status === "broken")).toEqual([]);
  expect(results[0]?.evidence).toBe("this machine is in no tailnet: 100.100.100.100 (MagicDNS): no answer");
  expect(results[4]?.evidence).toBe(
    "this machine is not in the address's network: no answer to the TCP connection",
  );
});

test("a machine that is no client skips what only a client can tell, and still finds an open address", async () => {
  const silent = { kind: "drops" } as const;
  const elsewhere: PrivateWorld = {
    ...{ ...HEALTHY, isClient: false, subnets: ["10.0.0.5/24"] },
    publicDns: { "pgadmin.tazlab.net": { addresses: ["192.168.1.240"] } },
    endpoints: {
      "192.168.1.241:5432": silent,
      "192.168.1.240:443": silent,
      "192.168.1.242:8001": { kind: "tcp" },
    },
  };
  const results = await checkPrivateServices(elsewhere);
  const skipped = results.filter(({ status }) => status === "skipped");
  expect(skipped.map(({ id, evidence }) => `${id}: ${evidence}`)).toEqual([
    "tailnet-name/tazlab-db: only a client can tell: tag:tazpod",
    "tailnet-port/tazlab-db/5432: only a client can tell: tag:tazpod",
    "legacy-route/tazlab-db/192.168.1.241:5432: this machine is not in the address's network: no answer to the TCP connection",
    "tailnet-name/pgadmin: only a client can tell: tag:tazpod, group:dba",
    "tailnet-https/pgadmin: only a client can tell: tag:tazpod, group:dba",
    "legacy-route/pgadmin/https://pgadmin.tazlab.net: this machine does not reach the address: no answer to the TCP connection",
  ]);
  const others = results.filter(({ status }) => status !== "skipped");
  expect(others.map(({ id, status }) => `${id} ${status}`)).toEqual([
    "public-name/tazlab-db ok",
    "node-port/tazlab-db ok",
    "public-name/pgadmin ok",
    "node-port/pgadmin ok",
    "legacy-route/pgadmin/192.168.1.242:8001 broken",
  ]);
  const asClient = await checkPrivateServices({ ...elsewhere, isClient: true });
  expect(asClient.filter(({ status }) => status === "skipped")).toEqual([]);
  expect(asClient.filter(({ status }) => status === "unknown").map(({ id }) => id)).toEqual([
    "legacy-route/tazlab-db/192.168.1.241:5432",
    "legacy-route/pgadmin/https://pgadmin.tazlab.net",
  ]);
});

test("within the local network, silence proves that a legacy address is closed", async () => {
  const silent = { ...HEALTHY.endpoints, "192.168.1.241:5432": { kind: "drops" } } as const;
  expect(await statuses({ ...HEALTHY, endpoints: silent })).toEqual(OK);
});

test("phase legacy has no route of the tailnet to check, and phase coexist keeps its legacy route", async () => {
  const legacy = { ...HEALTHY, services: [{ ...database, phase: "legacy" as const }] };
  expect(await statuses(legacy)).toEqual(["public-name/tazlab-db ok"]);
  const coexist = { ...HEALTHY, services: [{ ...database, phase: "coexist" as const }] };
  expect(await statuses(coexist)).toEqual(OK.slice(0, 4));
});

test("without access to the cluster, node ports are not checked", async () => {
  const ids = (await statuses({ ...HEALTHY, cluster: undefined })).filter((line) =>
    line.includes("node-port"),
  );
  expect(ids).toEqual([]);
});
