import type { NameServer } from "../../doctor/probes/network.ts";
import { startNameServer, type Zone } from "./name-server.ts";
import { EDGE_ADDRESS, FUNNEL, type LabSettings, RELAY_ADDRESS, ZONE } from "./settings.ts";

/** The name servers of the laboratory, by the address that the world knows them by. */
export interface RunningNames {
  readonly publicResolvers: readonly NameServer[];
  readonly machineResolvers: readonly NameServer[];
  /** `127.0.0.1:<port>` of each server. */
  readonly addresses: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

const CLOUDFLARE_SERVER = { name: "ada.ns.cloudflare.com", address: "173.245.58.101" };
const REGISTRAR_SERVER = { name: "ns1.registrar.example", address: "198.51.100.53" };
const PUBLIC_RESOLVER = { name: "1.1.1.1", address: "1.1.1.1" };
const MACHINE_RESOLVER = { name: "192.168.1.1 (this machine's)", address: "192.168.1.1" };

export async function startNames(settings: LabSettings): Promise<RunningNames> {
  const { hosts, isDelegated, resolvers, isFunnelPublic } = settings;
  const records = Object.fromEntries(hosts.flatMap((host) => recordOf(settings, host)));
  const server = isDelegated ? CLOUDFLARE_SERVER : REGISTRAR_SERVER;
  const elsewhere: Zone = {
    [ZONE]: { nameServers: [server.name] },
    [server.name]: { addresses: [server.address] },
    ...(isFunnelPublic && { [FUNNEL]: { addresses: [RELAY_ADDRESS] } }),
  };
  const isKnown = isDelegated && resolvers === "current";
  const [recursive, authoritative, registrar] = await Promise.all([
    startNameServer({ ...elsewhere, ...(isKnown && records) }),
    startNameServer(records),
    startNameServer({ [ZONE]: { nameServers: [server.name] } }),
  ]);
  return {
    publicResolvers: [PUBLIC_RESOLVER],
    machineResolvers: [MACHINE_RESOLVER],
    addresses: {
      [PUBLIC_RESOLVER.address]: recursive.address,
      [MACHINE_RESOLVER.address]: recursive.address,
      [CLOUDFLARE_SERVER.address]: authoritative.address,
      [REGISTRAR_SERVER.address]: registrar.address,
    },
    stop: async () => {
      await Promise.all([recursive, authoritative, registrar].map(({ stop }) => stop()));
    },
  };
}

function recordOf({ record }: LabSettings, host: string): [string, Zone[string]][] {
  switch (record) {
    case "proxied":
      return [[host, { addresses: [EDGE_ADDRESS] }]];
    case "DNS only":
      return [[host, { cname: FUNNEL, addresses: [RELAY_ADDRESS] }]];
    case "missing":
      return [];
  }
}
