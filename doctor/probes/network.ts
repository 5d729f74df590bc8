import { getServers } from "node:dns";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";

/** A DNS server, as the evidence names it. */
export interface NameServer {
  readonly name: string;
  /** IP address, with a port unless it is 53: `1.1.1.1`, `127.0.0.1:5353`. */
  readonly address: string;
}

/** The parts of the network that probes use. Tests replace the addresses; the sockets stay real. */
export interface Network {
  /** Recursive resolvers whose answer is the same everywhere on the internet. */
  readonly publicResolvers: readonly NameServer[];
  /** The resolvers of this machine, which may know names that the internet does not. */
  readonly machineResolvers: readonly NameServer[];
  /** Answers on every machine of a tailnet, and nowhere else: https://tailscale.com/kb/1081/magicdns. */
  readonly magicDns: NameServer;
  /** Where a name server's address is asked: the address itself, or its stand-in in a test. */
  readonly nameServer: (address: string) => string;
  /** Opens a TCP connection. */
  readonly dial: (address: string, port: number) => Socket;
  /** Certificate authorities in PEM; undefined for those that Node trusts. */
  readonly authorities: readonly string[] | undefined;
  /** The subnets of this machine, as `192.168.1.7/24`. */
  readonly subnets: () => readonly string[];
  /**
   * Whether this machine is a client of the private services, in their `allowFrom` and in the local network of their legacy
   * addresses. Another machine skips the checks that only a client can answer.
   */
  readonly isClient: boolean;
  /** How long one step of a probe may take, in milliseconds. */
  readonly stepLimitMs: number;
  /** How long Cloudflare may take to answer: it reports an origin that is silent after some 19 seconds. */
  readonly responseLimitMs: number;
}

/** The network of this machine. */
export function machineNetwork(isClient: boolean): Network {
  return {
    isClient,
    publicResolvers: [
      { name: "1.1.1.1", address: "1.1.1.1" },
      { name: "8.8.8.8", address: "8.8.8.8" },
    ],
    machineResolvers: getServers().map((address) => ({ name: `${address} (this machine's)`, address })),
    magicDns: { name: "100.100.100.100 (MagicDNS)", address: "100.100.100.100" },
    nameServer: (address) => address,
    dial: (host, port) => connect({ host, port }),
    authorities: undefined,
    subnets: () =>
      Object.values(networkInterfaces()).flatMap((addresses = []) =>
        addresses.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : [cidr])),
      ),
    stepLimitMs: 5_000,
    responseLimitMs: 30_000,
  };
}
