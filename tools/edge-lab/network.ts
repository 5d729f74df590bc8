import { connect, Socket } from "node:net";
import type { NameServer, Network } from "../../doctor/probes/network.ts";
import { EDGE_ADDRESS, type LabSettings, RELAY_ADDRESS } from "./settings.ts";

/** Where the parts of a laboratory listen on loopback. It is JSON, so that another process can use them too. */
export interface LabPlaces {
  readonly publicResolvers: readonly NameServer[];
  readonly machineResolvers: readonly NameServer[];
  /** `127.0.0.1:<port>`, by the address that the world knows the name server by. */
  readonly nameServers: Readonly<Record<string, string>>;
  readonly edgePort: number;
  readonly relayPort: number;
  /** What happens to a TCP connection to the Funnel relay. */
  readonly relay: LabSettings["relay"];
  /** A port that nobody listens on. */
  readonly closedPort: number;
  /** Certificate authorities in PEM. */
  readonly authorities: readonly string[];
  readonly stepLimitMs: number;
  readonly responseLimitMs: number;
}

/** The laboratory as a machine on the internet sees it. */
export function networkOf(places: LabPlaces): Network {
  const { edgePort, closedPort, nameServers } = places;
  return {
    publicResolvers: places.publicResolvers,
    machineResolvers: places.machineResolvers,
    magicDns: { name: "100.100.100.100 (MagicDNS)", address: `127.0.0.1:${closedPort}` },
    nameServer: (address) => nameServers[address] ?? address,
    dial: (address) => {
      if (address === RELAY_ADDRESS) return dialRelay(places);
      return connect(address === EDGE_ADDRESS ? edgePort : closedPort, "127.0.0.1");
    },
    authorities: places.authorities,
    subnets: () => [],
    isClient: false,
    stepLimitMs: places.stepLimitMs,
    responseLimitMs: places.responseLimitMs,
  };
}

/** Opens a TCP connection to the Funnel relay, in the state that the relay is in. */
export function dialRelay({
  relay,
  relayPort,
  closedPort,
}: Pick<LabPlaces, "relay" | "relayPort" | "closedPort">): Socket {
  switch (relay) {
    case "accepts":
      return connect(relayPort, "127.0.0.1");
    case "refuses":
      return connect(closedPort, "127.0.0.1");
    // A socket that is never connected waits as one whose packets are dropped.
    case "drops":
      return new Socket();
    case "has no route":
      return new Socket().destroy(Object.assign(new Error("no route"), { code: "EHOSTUNREACH" }));
  }
}
