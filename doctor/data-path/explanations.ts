import type { Cause } from "../core/causes.ts";
import type { Outcome } from "../core/check.ts";
import type { Handshake } from "../probes/tls.ts";

/** What was seen besides the visit. */
export interface SeenFunnel {
  readonly host: string;
  readonly zone: string;
  /** The Funnel's ts.net name; empty without one. */
  readonly funnel: string;
  readonly funnelTls: Handshake | undefined;
}

/**
 * The IDs of the checks that explain what a visitor sees, of Cloudflare's settings and of the data path. A failure of
 * one hop explains only the symptom that it has: a certificate that has expired gives 526, and never 525.
 *
 * @param direct - what the request without Cloudflare has shown
 */
export function explanations(cause: Cause, seen: SeenFunnel, direct: Outcome): readonly string[] {
  const { host, zone, funnel } = seen;
  const isSeenDirectly =
    direct.status === "broken" && direct.finding.cause === (DIRECT_CAUSES[cause] ?? cause);
  return [
    ...settingsOf(cause).map((kind) => (kind === "worker" ? kind : `${kind}/${host}`)),
    ...(DEPENDS_ON_SNI.has(cause) ? [`plan/${zone}`] : []),
    ...(REACHES_FUNNEL.has(cause) ? [`funnel-dns/${funnel}`] : []),
    ...(isFunnelTlsSymptom(cause, seen.funnelTls) ? [`funnel-tls/${funnel}`] : []),
    ...(isSeenDirectly ? [`direct-route/${host}`] : []),
  ];
}

/** What the request without Cloudflare shows of a failure that Cloudflare and the Worker name in their own terms. */
const DIRECT_CAUSES: Readonly<Partial<Record<Cause, Cause>>> = {
  "origin-response-invalid": "application-not-http",
  "worker-origin-response-invalid": "application-not-http",
};

/** Without its route, a hostname of the Worker reaches the origin as the others do. */
const ORIGIN = ["record", "sni", "origin", "page-rules", "worker-route"];
const WORKER = ["worker", "worker-route"];

/** The kinds of checks of Cloudflare's settings that explain a cause. */
function settingsOf(cause: Cause): readonly string[] {
  if (NO_CONNECTION.has(cause)) return [...ORIGIN, "strict-tls"];
  if (cause.startsWith("origin-") && !cause.startsWith("origin-lock-")) return ORIGIN;
  if (cause.startsWith("worker-")) return WORKER;
  if (cause === "origin-lock-refuses-cloudflare") return ["lock-header"];
  return cause === "host-overridden" || cause === "router-missing" ? ["host-header", "page-rules"] : [];
}

/**
 * Causes that the TLS modes Off and Flexible have too: Cloudflare connects to port 80, which no Funnel serves.
 * https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/flexible/, https://tailscale.com/kb/1223/funnel
 */
const NO_CONNECTION: ReadonlySet<string> = new Set<Cause>([
  "origin-refused",
  "origin-timeout",
  "origin-unreachable",
]);

/** Causes that a zone has whose plan does not apply the origin rule's SNI. */
const DEPENDS_ON_SNI: ReadonlySet<string> = new Set<Cause>([
  "origin-handshake-failed",
  "origin-certificate-rejected",
]);

/** Causes that a ts.net name without a public address has. */
const REACHES_FUNNEL: ReadonlySet<string> = new Set<string>([
  ...NO_CONNECTION,
  "origin-unresolved",
  "worker-origin-unreachable",
  "worker-origin-tls-failed",
]);

function isFunnelTlsSymptom(cause: Cause, funnelTls: Handshake | undefined): boolean {
  if (cause === "origin-handshake-failed") return funnelTls?.kind !== "secured";
  if (cause === "origin-certificate-rejected") return funnelTls?.kind === "secured";
  return cause === "worker-origin-tls-failed";
}
