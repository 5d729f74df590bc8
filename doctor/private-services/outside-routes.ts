import { broken, ok, type Outcome, skipped, unknown } from "../core/check.ts";
import { isDefaultRouter } from "../data-path/replies.ts";
import { isTailnetAddress } from "../probes/address-ranges.ts";
import { describeAnswer, describeHandshake } from "../probes/describe.ts";
import { addressesOf, describeLookups, type Lookups } from "../probes/dns.ts";
import type { Answer } from "../probes/http.ts";
import type { Handshake } from "../probes/tls.ts";

/**
 * Judges that the internet cannot reach a private service: its ts.net name must not be in the public DNS, which has the
 * names of Funnel devices only. The device's tailnet address leads nowhere outside the tailnet.
 */
export function judgePublicName(lookups: Lookups): Outcome {
  const evidence = describeLookups(lookups);
  if (addressesOf(lookups).some((address) => !isTailnetAddress(address))) {
    return broken("private-service-public", evidence);
  }
  const isCertain = lookups.some(({ lookup }) => lookup.kind === "none");
  return isCertain ? ok(evidence) : unknown(`no public DNS server answers this machine: ${evidence}`);
}

/** How a connection to a legacy address ended. */
export type LegacyReading = Exclude<Handshake, { kind: "secured" | "alert" }> | { readonly kind: "open" };

/** The place that a legacy route is tried from. */
export interface Place {
  /** Whether the address is in a subnet of this machine. */
  readonly isLocal: boolean;
  /** As in {@link Network.isClient}. */
  readonly isClient: boolean;
}

/**
 * Judges that a legacy address of the local network is closed. No answer proves it only within that network: elsewhere
 * the address may lead nowhere.
 */
export function judgeLegacyAddress(reading: LegacyReading, { isLocal, isClient }: Place, now: Date): Outcome {
  if (reading.kind === "open") return broken("legacy-route-open", "the address accepts connections");
  const evidence = describeHandshake(reading, now);
  if (reading.kind === "refused" || isLocal) return ok(evidence);
  return (isClient ? unknown : skipped)(`this machine is not in the address's network: ${evidence}`);
}

/** Judges that Traefik no longer serves a legacy hostname. Undefined: the hostname has no address. */
export function judgeLegacyHost(
  answers: { own: Answer; unknownHost: Answer } | undefined,
  { isClient }: Pick<Place, "isClient">,
  now: Date,
): Outcome {
  if (answers === undefined) return ok("the hostname has no address");
  const { own, unknownHost } = answers;
  const evidence = describeAnswer(own, now);
  switch (own.kind) {
    case "reply":
      // A wildcard record still leads to Traefik.
      return isDefaultRouter(own, unknownHost)
        ? ok(`${evidence}, of the default router`)
        : broken("legacy-route-open", evidence);
    case "refused":
    case "alert":
    case "closed":
      return ok(evidence);
    case "unreachable":
    case "silent":
      return (isClient ? unknown : skipped)(`this machine does not reach the address: ${evidence}`);
    case "mute":
    case "garbled":
      return unknown(evidence);
  }
}

/** A port that every node of the cluster answers on. */
export interface NodePort {
  /** `namespace/name` of the Service. */
  readonly service: string;
  readonly port: number;
}

/** Judges that no Service of a private service has a node port, which clients outside the tailnet reach. */
export function judgeNodePorts(ports: readonly NodePort[]): Outcome {
  if (ports.length === 0) return ok("no Service of it has a node port");
  return broken("node-port-open", ports.map(({ service, port }) => `Service ${service}: ${port}`).join("; "));
}
