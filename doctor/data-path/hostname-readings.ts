import { once } from "../core/once.ts";
import { isCloudflareAddress } from "../probes/address-ranges.ts";
import { addressesOf, cnameOf, lookUp, type Lookups } from "../probes/dns.ts";
import { type Answer, get } from "../probes/http.ts";
import type { NameServer, Network } from "../probes/network.ts";
import { type Handshake, handshake } from "../probes/tls.ts";
import type { FunnelReadings } from "./funnel-readings.ts";

/** What DNS says about a public hostname. */
export interface PublicDns {
  /** The name servers of the zone; undefined if no resolver answers. */
  readonly zoneServers: readonly NameServer[] | undefined;
  /** What those servers say. */
  readonly authoritative: Lookups;
  /** What resolvers say. */
  readonly recursive: Lookups;
  /** The target of the hostname's CNAME. Cloudflare hides it if the record is proxied. */
  readonly cname: string | undefined;
}

/** The readings along the path of one hostname. Undefined: there is no address to connect to. */
export interface HostnameReadings {
  readonly dns: () => Promise<PublicDns>;
  /** A handshake with Cloudflare's edge. */
  readonly edgeTls: () => Promise<Handshake | undefined>;
  /** A request as a visitor sends it, through Cloudflare. */
  readonly visit: () => Promise<Answer | undefined>;
  /** A request straight to the Funnel with the hostname as Host. Undefined too without a Funnel. */
  readonly direct: () => Promise<Answer | undefined>;
  /** A handshake with the Funnel that asks for the hostname. Undefined too without a Funnel. */
  readonly hostnameAsSni: () => Promise<Handshake | undefined>;
}

/** Asking all name servers of a zone would tell the same. */
const SERVERS_ASKED = 2;
const HTTPS = 443;

/** @param zoneServers - reads the name servers of the hostname's zone, which its hostnames share */
export function readHostname(
  network: Network,
  host: string,
  zoneServers: () => Promise<PublicDns["zoneServers"]>,
  funnel: FunnelReadings | undefined,
): HostnameReadings {
  const dns = once(() => readDns(network, host, zoneServers));
  const destination = async () => {
    const address = edgeAddress(await dns());
    return address === undefined ? undefined : { address, port: HTTPS, serverName: host };
  };
  return {
    dns,
    edgeTls: once(async () => {
      const at = await destination();
      return at && handshake(network, at);
    }),
    visit: once(async () => {
      const at = await destination();
      return at && get(network, at, host, network.responseLimitMs);
    }),
    direct: once(async () => funnel?.request(host)),
    hostnameAsSni: once(async () => funnel?.handshakeAs(host)),
  };
}

/** An address of Cloudflare's edge. The servers of the zone know it before resolvers do. */
export function edgeAddress({ authoritative, recursive }: PublicDns): string | undefined {
  return addressesOf([...authoritative, ...recursive]).find(isCloudflareAddress);
}

async function readDns(
  network: Network,
  host: string,
  zoneServers: () => Promise<PublicDns["zoneServers"]>,
): Promise<PublicDns> {
  const [servers, recursive] = await Promise.all([
    zoneServers(),
    lookUp(network, [...network.publicResolvers, ...network.machineResolvers], host),
  ]);
  const asked = (servers ?? []).slice(0, SERVERS_ASKED);
  const [authoritative, cname] = await Promise.all([
    lookUp(network, asked, host),
    asked[0] && cnameOf(network, asked[0], host),
  ]);
  return { zoneServers: servers, authoritative, recursive, cname };
}
