import type { Cause } from "../core/causes.ts";
import type { Check, Outcome } from "../core/check.ts";
import type { Network } from "../probes/network.ts";
import { judgeDirectRoute, judgeOriginLock } from "./direct-route.ts";
import { judgeEdgeCertificate } from "./edge-certificate.ts";
import { judgeVisit } from "./end-to-end.ts";
import {
  judgeFunnelCertificate,
  judgeFunnelDns,
  judgeFunnelExpiry,
  judgeHostnameAsSni,
} from "./funnel-certificate.ts";
import { type FunnelReadings, readFunnel } from "./funnel-readings.ts";
import { readHostname } from "./hostname-readings.ts";
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
 * The checks of the data path: every Funnel first, then hostname by hostname. They need no permission.
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
    ...hostnames.flatMap((hostname) =>
      hostnameChecks(network, hostname, funnels.get(hostname.funnel?.actual ?? ""), now),
    ),
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
  hostname: PublishedHostname,
  funnel: FunnelReadings | undefined,
  now: () => Date,
): readonly Check[] {
  const { host, zone, originLock } = hostname;
  const readings = readHostname(network, hostname, funnel);
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
      return outcome.status === "broken"
        ? { ...outcome, explainedBy: explanations(outcome.finding.cause, host, funnel?.name) }
        : outcome;
    },
  );
  // DNS and the direct requests come first; then Cloudflare may wait for the origin.
  const limitMs = network.responseLimitMs + 6 * network.stepLimitMs;
  if (funnel === undefined) return [...edge, { ...visit, limitMs }];
  const judgeDirect = originLock ? judgeOriginLock : judgeDirectRoute;
  return [
    ...edge,
    check(
      "hostname-as-sni",
      "the Funnel refuses the hostname as SNI",
      [`funnel-tls/${funnel.name}`],
      async () => judgeHostnameAsSni(await readings.hostnameAsSni(), await funnel.tls(), now()),
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

/**
 * The checks that explain what a visitor sees. A failure of the path to the origin says nothing about Traefik's routers,
 * and the reverse, so each cause has its own.
 */
function explanations(cause: Cause, host: string, funnel = ""): readonly string[] {
  const kinds = EXPLAINED_BY[cause] ?? [];
  return kinds.map((kind) =>
    kind === "worker" ? kind : `${kind}/${kind.startsWith("funnel-") ? funnel : host}`,
  );
}

const FUNNEL = ["funnel-dns", "funnel-tls"];
const ORIGIN = ["record", "sni", "origin", "page-rules", ...FUNNEL];
const HOST_HEADER = ["host-header", "page-rules"];
const WORKER = ["worker", "worker-route", ...FUNNEL];
const TRAEFIK = ["direct-route"];

/** By cause, the kinds of checks that explain it: of Cloudflare's settings, and of the data path. */
const EXPLAINED_BY: Readonly<Partial<Record<Cause, readonly string[]>>> = {
  "origin-refused": ORIGIN,
  "origin-timeout": ORIGIN,
  "origin-unreachable": ORIGIN,
  "origin-unresolved": ORIGIN,
  "origin-handshake-failed": ORIGIN,
  "origin-certificate-rejected": ORIGIN,
  "worker-failed": ["worker"],
  "worker-origin-unreachable": WORKER,
  "worker-origin-tls-failed": WORKER,
  "host-overridden": HOST_HEADER,
  "misdirected-request": TRAEFIK,
  "router-missing": [...TRAEFIK, ...HOST_HEADER],
  "application-unavailable": TRAEFIK,
  "edge-silent": TRAEFIK,
  "origin-slow": TRAEFIK,
};
