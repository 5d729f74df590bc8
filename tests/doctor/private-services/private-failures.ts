import type { IncomingMessage, ServerResponse } from "node:http";
import type { LiveObject } from "../../../live/kubernetes-client.ts";
import { dashboard, database } from "../../support/private-services.ts";
import { type Endpoint, type PrivateWorld, TAILNET } from "./private-lab.ts";

export const DATABASE = "100.101.1.1";
export const DASHBOARD = "100.101.1.2";
const DAY_MS = 24 * 60 * 60 * 1000;
const answer = (status: number) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status).end("page");
};
export const dashboardName = `pga.${TAILNET}`;
const https = { kind: "https", name: dashboardName, respond: answer(200) } as const;

function service(namespace: string, name: string, nodePort?: number): LiveObject {
  const ports = [{ port: 5432, ...(nodePort !== undefined && { nodePort }) }];
  return { apiVersion: "v1", kind: "Service", metadata: { namespace, name }, spec: { ports } };
}

/** A machine of the tailnet and of the local network; both services are in phase `tailnet`, and everything is right. */
export const HEALTHY: PrivateWorld = {
  services: [database, dashboard],
  magicDns: {
    [`tazlab-db.${TAILNET}`]: { addresses: [DATABASE] },
    [dashboardName]: { addresses: [DASHBOARD] },
  },
  publicDns: {},
  machineDns: {},
  endpoints: { [`${DATABASE}:5432`]: { kind: "tcp" }, [`${DASHBOARD}:443`]: https },
  subnets: ["192.168.1.7/24"],
  isClient: true,
  cluster: [service("tazlab-db", "tazlab-db-tailnet"), service("db-tools", "pgadmin")],
};

/** A line for each check: its ID, status, and cause or root. */
export const OK = [
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

/** The lines of all checks with some findings. */
export function lines(findings: readonly (readonly [cause: string, id: string])[]): readonly string[] {
  const broken = new Map(findings.map(([cause, id]) => [id, cause]));
  return OK.map((line) => {
    const id = line.replace(/ ok$/, "");
    const cause = broken.get(id);
    return cause === undefined ? line : `${id} broken ${cause}`;
  });
}

type Change = (world: PrivateWorld) => PrivateWorld;

/** @param endpoint - undefined: the place refuses connections */
const at =
  (place: string, endpoint: Endpoint | undefined): Change =>
  (world) => {
    const others = Object.entries(world.endpoints).filter(([other]) => other !== place);
    const own = endpoint ? [[place, endpoint] as const] : [];
    return { ...world, endpoints: Object.fromEntries([...others, ...own]) };
  };
const nodePort =
  (name: string): Change =>
  (world) => ({
    ...world,
    cluster: world.cluster?.map((object) =>
      object.metadata.name === name ? service(object.metadata.namespace ?? "", name, 31432) : object,
    ),
  });
const port = `${DATABASE}:5432`;
const web = `${DASHBOARD}:443`;
const yesterday = new Date(Date.now() - DAY_MS);

/** Every failure of private services: its cause, the check that finds it, and what is changed. */
export const FAILURES: readonly (readonly [cause: string, id: string, change: Change])[] = [
  ["private-port-closed", "tailnet-port/tazlab-db/5432", at(port, undefined)],
  ["private-port-blocked", "tailnet-port/tazlab-db/5432", at(port, { kind: "drops" })],
  ["private-port-closed", "tailnet-https/pgadmin", at(web, undefined)],
  ["private-port-blocked", "tailnet-https/pgadmin", at(web, { kind: "drops" })],
  ["private-certificate-invalid", "tailnet-https/pgadmin", at(web, { ...https, validUntil: yesterday })],
  ["private-certificate-invalid", "tailnet-https/pgadmin", at(web, { ...https, name: `other.${TAILNET}` })],
  ["private-backend-unreachable", "tailnet-https/pgadmin", at(web, { ...https, respond: answer(502) })],
  [
    "private-service-public",
    "public-name/pgadmin",
    (world) => ({ ...world, publicDns: { [dashboardName]: { addresses: ["203.0.113.20"] } } }),
  ],
  ["node-port-open", "node-port/tazlab-db", nodePort("tazlab-db-tailnet")],
  ["node-port-open", "node-port/pgadmin", nodePort("pgadmin")],
  [
    "legacy-route-open",
    "legacy-route/tazlab-db/192.168.1.241:5432",
    at("192.168.1.241:5432", { kind: "tcp" }),
  ],
  [
    "legacy-route-open",
    "legacy-route/pgadmin/https://pgadmin.tazlab.net",
    (world) =>
      at("192.168.1.240:443", { kind: "https", name: "pgadmin.tazlab.net", respond: answer(302) })({
        ...world,
        machineDns: { "pgadmin.tazlab.net": { addresses: ["192.168.1.240"] } },
      }),
  ],
];
