import { once } from "../core/once.ts";
import { isTailnetAddress } from "../probes/address-ranges.ts";
import { addressesOf, lookUp, type Lookups } from "../probes/dns.ts";
import { type Answer, get } from "../probes/http.ts";
import type { Network } from "../probes/network.ts";
import { type Handshake, handshake } from "../probes/tls.ts";

/** A host that no router knows, so that the default router answers. Nobody can own it (RFC 2606). */
const UNKNOWN_HOST = "doctor.invalid";
const HTTPS = 443;

/** Connections straight to one Funnel, without Cloudflare. Undefined: its name has no public address. */
export interface FunnelReadings {
  /** The Funnel's ts.net name. */
  readonly name: string;
  readonly dns: () => Promise<Lookups>;
  /** A handshake with the ts.net name as SNI. */
  readonly tls: () => Promise<Handshake | undefined>;
  /** A request with a Host that nobody serves. */
  readonly unknownHost: () => Promise<Answer | undefined>;
  /** A request with the ts.net name as Host. */
  readonly ownHost: () => Promise<Answer | undefined>;
  /** A request with another Host, and the ts.net name as SNI. */
  readonly request: (host: string) => Promise<Answer | undefined>;
  /** A handshake with another name as SNI. */
  readonly handshakeAs: (serverName: string) => Promise<Handshake | undefined>;
}

/** The readings of a Funnel. All its hostnames share them. */
export function readFunnel(network: Network, name: string): FunnelReadings {
  const dns = once(() => publicLookups(network, name));
  const address = async () => relayAddress(await dns());
  const handshakeAs = async (serverName: string) => {
    const at = await address();
    return at === undefined ? undefined : handshake(network, { address: at, port: HTTPS, serverName });
  };
  const request = async (host: string) => {
    const at = await address();
    return at === undefined ? undefined : get(network, { address: at, port: HTTPS, serverName: name }, host);
  };
  return {
    name,
    dns,
    tls: once(() => handshakeAs(name)),
    unknownHost: once(() => request(UNKNOWN_HOST)),
    ownHost: once(() => request(name)),
    request,
    handshakeAs,
  };
}

/** The address of a Funnel relay, which is not the device's own on the tailnet. */
export function relayAddress(lookups: Lookups): string | undefined {
  return addressesOf(lookups).find((address) => !isTailnetAddress(address));
}

/** A machine of the tailnet resolves the name to the device itself, so its resolvers are asked only if no other answers. */
export async function publicLookups(network: Network, name: string): Promise<Lookups> {
  const lookups = await lookUp(network, network.publicResolvers, name);
  const isAnswered = lookups.some(({ lookup }) => lookup.kind !== "failed");
  return isAnswered ? lookups : [...lookups, ...(await lookUp(network, network.machineResolvers, name))];
}
