import type { Check, Outcome } from "../core/check.ts";
import { once } from "../core/once.ts";
import { zoneServers } from "../probes/dns.ts";
import type { Network } from "../probes/network.ts";
import type { Handshake } from "../probes/tls.ts";
import { judgeDirectRoute, judgeOriginLock } from "./direct-route.ts";
import { judgeEdgeCertificate } from "./edge-certificate.ts";
import { judgeVisit } from "./end-to-end.ts";
import { explanations } from "./explanations.ts";
import {
  judgeFunnelCertificate,
  judgeFunnelDns,
  judgeFunnelExpiry,
  judgeHostnameAsSni,
} from "./funnel-certificate.ts";
import { type FunnelReadings, readFunnel } from "./funnel-readings.ts";
import { type HostnameReadings, readHostname } from "./hostname-readings.ts";
import { judgePublicDns } from "./public-dns.ts";

/** A public hostname, as the stack's outputs and its file describe it. */
export interface PublishedHostname {
  readonly host: string;
  readonly zone: string;
  /** The ts.net name of the Funnel. Undefined if `via` leads to another target. */
  readonly funnel: FunnelName | undefined;
  /** Whether Traefik demands the secret that Cloudflare adds to requests. */
  readonly originLock: boolean;
}

/** A Funnel's ts.net name, as configured and as assigned. */
export interface FunnelName {
  readonly expected: string;
  readonly actual: string;
}

/**
 * The checks of the data path: every Funnel first, then hostname by hostname, a zone's together. They need no permission.
 *
 * @param now - the time that certificates are judged at
 */
export function dataPathChecks(
  network: Network,
  hostnames: readonly PublishedHostname[],
  now: () => Date = () => new Date(),
): readonly Check[] {
  const names = new Map(hostnames.flatMap(({ funnel }) => (funnel ? [[funnel.actual, funnel]] : [])));
  const funnels = new Map([...names.keys()].map((name) => [name, readFunnel(network, name)]));
  return [
    ...[...funnels].flatMap(([name, funnel]) => funnelChecks(funnel, names.get(name)?.expected ?? name, now)),
    ...[...Map.groupBy(hostnames, ({ zone }) => zone)].flatMap(([zone, ofZone]) => {
      const servers = once(() => zoneServers(network, zone));
      return ofZone.flatMap((hostname) => {
        const funnel = funnels.get(hostname.funnel?.actual ?? "");
        const readings = readHostname(network, hostname.host, servers, funnel);
        return hostnameChecks(network, hostname, readings, funnel, now);
      });
    }),
  ];
}

function funnelChecks(funnel: FunnelReadings, expected: string, now: () => Date): readonly Check[] {
  const { name } = funnel;
  const device = ["policy/funnel", `name/${expected}`];
  const check = (
    kind: string,
    title: string,
    explainedBy: readonly string[],
    run: () => Promise<Outcome>,
  ): Check => ({ ...dataPath, id: `${kind}/${name}`, subject: name, title, explainedBy, run });
  return [
    check("funnel-dns", "the internet resolves the ts.net name", device, async () =>
      judgeFunnelDns(await funnel.dns()),
    ),
    check(
      "funnel-tls",
      "the Funnel has a valid certificate",
      [`funnel-dns/${name}`, ...device, `certificate/${expected}`],
      async () => judgeFunnelCertificate(await funnel.tls(), now()),
    ),
    check(
      "funnel-expiry",
      "the certificate is renewed in time",
      [`funnel-tls/${name}`, `certificate/${expected}`],
      async () => judgeFunnelExpiry(await funnel.tls(), now()),
    ),
  ];
}

function hostnameChecks(
  network: Network,
  { host, zone, originLock }: PublishedHostname,
  readings: HostnameReadings,
  funnel: FunnelReadings | undefined,
  now: () => Date,
): readonly Check[] {
  const judgeDirect = originLock ? judgeOriginLock : judgeDirectRoute;
  const check = (
    kind: string,
    title: string,
    explainedBy: readonly string[],
    run: () => Promise<Outcome>,
  ): Check => ({ ...dataPath, id: `${kind}/${host}`, subject: host, title, explainedBy, run });
  const edge = [
    check(
      "public-dns",
      "resolvers return Cloudflare's addresses",
      [`zone/${zone}`, `record/${host}`],
      async () => judgePublicDns(await readings.dns()),
    ),
    check(
      "edge-tls",
      "Cloudflare has a certificate for the hostname",
      [`zone/${zone}`, `edge-certificate/${host}`],
      async () => judgeEdgeCertificate(await readings.edgeTls(), now()),
    ),
  ];
  const visit = check(
    "end-to-end",
    "a visitor gets an answer of the application",
    [`edge-tls/${host}`],
    async () => {
      const [answer, direct, unknownHost, funnelHost] = await Promise.all([
        readings.visit(),
        readings.direct(),
        funnel?.unknownHost(),
        funnel?.ownHost(),
      ]);
      const outcome = judgeVisit({ visit: answer, direct, unknownHost, funnelHost, originLock }, now());
      if (outcome.status !== "broken") return outcome;
      const seen = { host, zone, funnel: funnel?.name ?? "", funnelTls: await funnel?.tls() };
      const straight = judgeDirect({ hostname: direct, unknownHost }, now());
      return { ...outcome, explainedBy: explanations(outcome.finding.cause, seen, straight) };
    },
  );
  // DNS and the direct requests come first; then Cloudflare may wait for the origin.
  const limitMs = network.responseLimitMs + 6 * network.stepLimitMs;
  if (funnel === undefined) return [...edge, { ...visit, limitMs }];
  return [
    ...edge,
    check(
      "hostname-as-sni",
      "the Funnel refuses the hostname as SNI",
      [`funnel-tls/${funnel.name}`],
      async () => {
        const [reading, own] = await Promise.all([readings.hostnameAsSni(), funnel.tls()]);
        const outcome = judgeHostnameAsSni(reading, own, now());
        // A Funnel with a bad certificate still has to refuse the name.
        return outcome.status === "broken" && !isOtherServer(own) ? { ...outcome, explainedBy: [] } : outcome;
      },
    ),
    check(
      "direct-route",
      originLock ? "Traefik refuses requests that bypass Cloudflare" : "Traefik routes the hostname",
      [`funnel-tls/${funnel.name}`, `funnel-dns/${funnel.name}`],
      async () => {
        const [own, unknownHost] = await Promise.all([readings.direct(), funnel.unknownHost()]);
        const outcome = judgeDirect({ hostname: own, unknownHost }, now());
        // An answer of Traefik has come through the Funnel, whatever is wrong with its certificate.
        return outcome.status === "broken" ? { ...outcome, explainedBy: [] } : outcome;
      },
    ),
    { ...visit, limitMs },
  ];
}

const dataPath = { group: "data path", needs: "" } as const;

function isOtherServer(own: Handshake | undefined): boolean {
  return own?.kind === "secured" && own.certificate.rejected === "ERR_TLS_CERT_ALTNAME_INVALID";
}
