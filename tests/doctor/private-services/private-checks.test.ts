import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import { dashboard, database } from "../../support/private-services.ts";
import { checkPrivateServices, type PrivateWorld, TAILNET } from "./private-lab.ts";

const DATABASE = "100.101.1.1";
const DASHBOARD = "100.101.1.2";
const DAY_MS = 24 * 60 * 60 * 1000;
const answer = (status: number) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status).end("page");
};
const defaultRouter = (request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(request.headers.host === "served.example.com" ? 200 : 404).end("404 page not found\n");
};
const dashboardName = `pga.${TAILNET}`;
const https = { kind: "https", name: dashboardName, respond: answer(200) } as const;

function service(namespace: string, name: string, nodePort?: number): LiveObject {
  const ports = [{ port: 5432, ...(nodePort !== undefined && { nodePort }) }];
  return { apiVersion: "v1", kind: "Service", metadata: { namespace, name }, spec: { ports } };
}

/** A machine of the tailnet and of the local network; both services are in phase `tailnet`, and everything is right. */
const HEALTHY: PrivateWorld = {
  services: [database, dashboard],
  magicDns: {
    [`tazlab-db.${TAILNET}`]: { addresses: [DATABASE] },
    [dashboardName]: { addresses: [DASHBOARD] },
  },
  publicDns: {},
  machineDns: {},
  endpoints: { [`${DATABASE}:5432`]: { kind: "tcp" }, [`${DASHBOARD}:443`]: https },
  subnets: ["192.168.1.7/24"],
  cluster: [service("tazlab-db", "tazlab-db-tailnet"), service("db-tools", "pgadmin")],
};

const OK = [
  "tailnet-name/tazlab-db ok",
  "tailnet-port/tazlab-db/5432 ok",
  "public-name/tazlab-db ok",
  "node-port/tazlab-db ok",
  "legacy-route/tazlab-db/192.168.1.241:5432 ok",
  "tailnet-name/pgadmin ok",
  "tailnet-https/pgadmin ok",
  "public-name/pgadmin ok",
  "node-port/pgadmin ok",
  "legacy-route/pgadmin/https://pgadmin.tazlab.net ok",
  "legacy-route/pgadmin/192.168.1.242:8001 ok",
];

async function statuses(world: PrivateWorld): Promise<readonly string[]> {
  const results = await checkPrivateServices(world);
  return results.map(({ id, status, finding, consequenceOf }) =>
    [id, status, finding?.cause ?? consequenceOf].filter(Boolean).join(" "),
  );
}

test("reports healthy services as healthy", async () => {
  expect(await statuses(HEALTHY)).toEqual(OK);
});

test.each<[cause: string, id: string, change: Partial<PrivateWorld>]>([
  ["private-port-closed", "tailnet-port/tazlab-db/5432", { endpoints: { [`${DASHBOARD}:443`]: https } }],
  [
    "private-port-blocked",
    "tailnet-port/tazlab-db/5432",
    { endpoints: { ...HEALTHY.endpoints, [`${DATABASE}:5432`]: { kind: "drops" } } },
  ],
  ["private-port-closed", "tailnet-https/pgadmin", { endpoints: { [`${DATABASE}:5432`]: { kind: "tcp" } } }],
  [
    "private-port-blocked",
    "tailnet-https/pgadmin",
    { endpoints: { ...HEALTHY.endpoints, [`${DASHBOARD}:443`]: { kind: "drops" } } },
  ],
  [
    "private-certificate-invalid",
    "tailnet-https/pgadmin",
    {
      endpoints: {
        ...HEALTHY.endpoints,
        [`${DASHBOARD}:443`]: { ...https, validUntil: new Date(Date.now() - DAY_MS) },
      },
    },
  ],
  [
    "private-certificate-invalid",
    "tailnet-https/pgadmin",
    { endpoints: { ...HEALTHY.endpoints, [`${DASHBOARD}:443`]: { ...https, name: `other.${TAILNET}` } } },
  ],
  [
    "private-backend-unreachable",
    "tailnet-https/pgadmin",
    { endpoints: { ...HEALTHY.endpoints, [`${DASHBOARD}:443`]: { ...https, respond: answer(502) } } },
  ],
  [
    "private-service-public",
    "public-name/pgadmin",
    { publicDns: { [dashboardName]: { addresses: ["203.0.113.20"] } } },
  ],
  [
    "node-port-open",
    "node-port/tazlab-db",
    { cluster: [service("tazlab-db", "tazlab-db-tailnet", 31432), service("db-tools", "pgadmin")] },
  ],
  [
    "node-port-open",
    "node-port/pgadmin",
    { cluster: [service("tazlab-db", "tazlab-db-tailnet"), service("db-tools", "pgadmin", 30801)] },
  ],
  [
    "legacy-route-open",
    "legacy-route/tazlab-db/192.168.1.241:5432",
    { endpoints: { ...HEALTHY.endpoints, "192.168.1.241:5432": { kind: "tcp" } } },
  ],
  [
    "legacy-route-open",
    "legacy-route/pgadmin/https://pgadmin.tazlab.net",
    {
      machineDns: { "pgadmin.tazlab.net": { addresses: ["192.168.1.240"] } },
      endpoints: {
        ...HEALTHY.endpoints,
        "192.168.1.240:443": { kind: "https", name: "pgadmin.tazlab.net", respond: answer(302) },
      },
    },
  ],
])("diagnoses %s by %s", async (cause, id, change) => {
  const expected = OK.map((line) => (line === `${id} ok` ? `${id} broken ${cause}` : line));
  expect(await statuses({ ...HEALTHY, ...change })).toEqual(expected);
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
