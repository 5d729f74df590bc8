import type { Cause } from "../core/causes.ts";
import type { Outcome } from "../core/check.ts";
import type { Handshake } from "../probes/tls.ts";

/** What was seen besides the visit. */
export interface SeenFunnel {
  readonly host: string;
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
  const { host, funnel } = seen;
  const isSeenDirectly =
    direct.status === "broken" && direct.finding.cause === (DIRECT_CAUSES[cause] ?? cause);
  return [
    ...settingsOf(cause).map((kind) => (kind === "worker" ? kind : `${kind}/${host}`)),
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

const ORIGIN = ["record", "sni", "origin", "page-rules"];
const WORKER = ["worker", "worker-route"];

/** The kinds of checks of Cloudflare's settings that explain a cause. */
function settingsOf(cause: Cause): readonly string[] {
  if (cause.startsWith("origin-") && !cause.startsWith("origin-lock-")) return ORIGIN;
  if (cause.startsWith("worker-")) return WORKER;
  if (cause === "origin-lock-refuses-cloudflare") return ["lock-header"];
  return cause === "host-overridden" || cause === "router-missing" ? ["host-header", "page-rules"] : [];
}

/** Causes that a ts.net name without a public address has. */
const REACHES_FUNNEL: ReadonlySet<string> = new Set<Cause>([
  "origin-refused",
  "origin-timeout",
  "origin-unreachable",
  "origin-unresolved",
  "worker-origin-unreachable",
  "worker-origin-tls-failed",
]);

function isFunnelTlsSymptom(cause: Cause, funnelTls: Handshake | undefined): boolean {
  if (cause === "origin-handshake-failed") return funnelTls?.kind !== "secured";
  if (cause === "origin-certificate-rejected") return funnelTls?.kind === "secured";
  return cause === "worker-origin-tls-failed";
}
