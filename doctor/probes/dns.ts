import { Resolver } from "node:dns/promises";
import type { NameServer, Network } from "./network.ts";
import { perNetwork } from "./per-network.ts";

/** What one server says about a name. */
export type Lookup =
  | { readonly kind: "addresses"; readonly addresses: readonly string[] }
  /** The server is sure: there is no such name, or it has no address. */
  | { readonly kind: "none" }
  /** No usable answer: timeout, refusal, or an error of the server. */
  | { readonly kind: "failed"; readonly reason: string };

/** What a set of servers says about a name, server by server, in the order of the servers. */
export type Lookups = readonly { readonly server: NameServer; readonly lookup: Lookup }[];

/** Asks several servers at once for the addresses of a name. IPv4 addresses come first. */
export async function lookUp(
  network: Network,
  servers: readonly NameServer[],
  name: string,
): Promise<Lookups> {
  return Promise.all(
    servers.map(async (server) => ({ server, lookup: await addressesAt(network, server, name) })),
  );
}

/** The addresses that a server knows. The name servers of a zone answer for themselves, without recursion. */
async function addressesAt(network: Network, { address }: NameServer, name: string): Promise<Lookup> {
  const resolver = resolverAt(network, address);
  const [v4, v6] = await Promise.all([
    answerOf(() => resolver.resolve4(name)),
    answerOf(() => resolver.resolve6(name)),
  ]);
  const addresses = [v4, v6].flatMap((answer) => (answer.kind === "addresses" ? answer.addresses : []));
  if (addresses.length > 0) return { kind: "addresses", addresses };
  return v4.kind === "failed" ? v4 : v6.kind === "failed" ? v6 : { kind: "none" };
}

/**
 * The name servers of a zone as the registrar publishes them, by name and address.
 *
 * @returns the servers, an empty list if the zone has none, or undefined if no resolver answers
 */
export async function zoneServers(
  network: Network,
  zone: string,
): Promise<readonly NameServer[] | undefined> {
  for (const { address } of [...network.publicResolvers, ...network.machineResolvers]) {
    const resolver = resolverAt(network, address);
    const answer = await answerOf(() => resolver.resolveNs(zone));
    if (answer.kind === "failed") continue;
    const names = answer.kind === "addresses" ? answer.addresses : [];
    const servers = names.map(async (name) => {
      const found = await answerOf(() => resolver.resolve4(name));
      return found.kind === "addresses"
        ? found.addresses.slice(0, 1).map((at) => ({ name, address: at }))
        : [];
    });
    return (await Promise.all(servers)).flat();
  }
  return undefined;
}

/** The target of a name's CNAME, undefined if the server shows none: Cloudflare hides a proxied record's. */
export async function cnameOf(
  network: Network,
  { address }: NameServer,
  name: string,
): Promise<string | undefined> {
  const answer = await answerOf(() => resolverAt(network, address).resolveCname(name));
  return answer.kind === "addresses" ? answer.addresses[0] : undefined;
}

/** A resolver has a socket of its own, so all questions to one server share one. */
const resolversOf = perNetwork(() => new Map<string, Resolver>());

function resolverAt(network: Network, address: string): Resolver {
  const resolvers = resolversOf(network);
  const known = resolvers.get(address);
  if (known) return known;
  // Two tries within the limit: one lost packet must not be reported as a failure.
  const resolver = new Resolver({ timeout: Math.ceil(network.stepLimitMs / 3), tries: 2 });
  resolver.setServers([network.nameServer(address)]);
  resolvers.set(address, resolver);
  return resolver;
}

async function answerOf(ask: () => Promise<string[]>): Promise<Lookup> {
  try {
    return { kind: "addresses", addresses: await ask() };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return NOTHING.has(code) ? { kind: "none" } : { kind: "failed", reason: REASONS[code] ?? code };
  }
}

/** No such name; a name without a record of this type. */
const NOTHING: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

const REASONS: Readonly<Record<string, string>> = {
  ETIMEOUT: "no answer",
  ECONNREFUSED: "refuses the connection",
  EREFUSED: "refuses to answer",
  ESERVFAIL: "SERVFAIL",
};

/** Every address that any server knows. */
export function addressesOf(lookups: Lookups): readonly string[] {
  return lookups.flatMap(({ lookup }) => (lookup.kind === "addresses" ? lookup.addresses : []));
}

/** What the servers say, for evidence: `1.1.1.1: 104.16.1.1; 8.8.8.8: no such name`. */
export function describeLookups(lookups: Lookups): string {
  return lookups.map(({ server, lookup }) => `${server.name}: ${describeLookup(lookup)}`).join("; ");
}

function describeLookup(lookup: Lookup): string {
  switch (lookup.kind) {
    case "addresses":
      return lookup.addresses.join(", ");
    case "none":
      return "no such name, or no address";
    case "failed":
      return lookup.reason;
  }
}
