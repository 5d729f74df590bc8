import type { Cause } from "../../../doctor/core/causes.ts";
import { HEALTHY, type LabSettings } from "../../../tools/edge-lab/settings.ts";

/** The kinds of checks of the data path. */
export type CheckKind =
  | "public-dns"
  | "edge-tls"
  | "funnel-dns"
  | "funnel-tls"
  | "funnel-expiry"
  | "hostname-as-sni"
  | "direct-route"
  | "end-to-end";

/** One failure that the laboratory produces. */
export interface Failure {
  readonly cause: Cause;
  readonly settings: Partial<LabSettings>;
  /** The check that finds it. */
  readonly foundBy: CheckKind;
  /** How far a visitor's request gets: a failure with a higher number is further from the visitor. */
  readonly hop: number;
  /** The checks whose connection ends here, so that they cannot see what is further away. */
  readonly ends: readonly CheckKind[];
  /** Causes that do not appear beside it, because what produces them has the same symptom or none. */
  readonly hides: readonly Cause[];
}

const VISIT = ["end-to-end"] as const;
const STRAIGHT = ["direct-route", "end-to-end"] as const;
/** What the Worker and Cloudflare say of every certificate that they reject. */
const SAME_CERTIFICATE = ["origin-certificate-rejected", "worker-origin-tls-failed"] as const;
const FUNNEL = ["funnel-tls", "funnel-expiry", "hostname-as-sni", ...STRAIGHT] as const;

function failure(
  cause: Cause,
  foundBy: CheckKind,
  hop: number,
  settings: Partial<LabSettings>,
  ends: readonly CheckKind[] = [],
  hides: readonly Cause[] = [],
): Failure {
  return { cause, settings, foundBy, hop, ends, hides };
}

/** Every failure of the data path, from the visitor to the application. */
export const FAILURES: readonly Failure[] = [
  failure("zone-not-delegated", "public-dns", 1, { isDelegated: false }, [
    "public-dns",
    "edge-tls",
    ...VISIT,
  ]),
  failure("record-missing", "public-dns", 2, { record: "missing" }, ["public-dns", "edge-tls", ...VISIT]),
  failure("record-not-proxied", "public-dns", 2, { record: "DNS only" }, [
    "public-dns",
    "edge-tls",
    ...VISIT,
  ]),
  failure("dns-not-propagated", "public-dns", 3, { resolvers: "old" }),
  failure("edge-certificate-missing", "edge-tls", 4, { edgeCertificate: "missing" }, VISIT),
  failure("edge-certificate-expired", "edge-tls", 4, { edgeCertificate: "expired" }),
  failure("worker-origin-unreachable", "end-to-end", 5, { worker: "closed port" }, VISIT),
  failure("worker-origin-tls-failed", "end-to-end", 5, { worker: "name that nobody serves" }, VISIT),
  failure("origin-unresolved", "end-to-end", 6, { target: "old name" }, VISIT),
  failure("funnel-not-public", "funnel-dns", 4, { isFunnelPublic: false }, FUNNEL),
  failure("origin-refused", "end-to-end", 7, { relay: "refuses" }, FUNNEL),
  failure("origin-timeout", "end-to-end", 7, { relay: "drops" }, FUNNEL),
  failure("origin-unreachable", "end-to-end", 7, { relay: "has no route" }, FUNNEL),
  failure("funnel-not-serving", "funnel-tls", 8, { relayServes: "nothing" }, FUNNEL, [
    "funnel-certificate-not-issued",
    "worker-origin-tls-failed",
  ]),
  failure(
    "hostname-served-directly",
    "hostname-as-sni",
    8,
    { relayServes: "any name" },
    [],
    ["origin-handshake-failed"],
  ),
  failure("origin-handshake-failed", "end-to-end", 9, { sni: "hostname" }, VISIT),
  failure("funnel-certificate-not-issued", "funnel-tls", 8, { funnelCertificate: "missing" }, FUNNEL, [
    "hostname-served-directly",
    "worker-origin-tls-failed",
  ]),
  failure(
    "funnel-certificate-expired",
    "funnel-tls",
    10,
    { funnelCertificate: "expired" },
    VISIT,
    SAME_CERTIFICATE,
  ),
  failure(
    "funnel-certificate-staging",
    "funnel-tls",
    10,
    { funnelCertificate: "staging" },
    VISIT,
    SAME_CERTIFICATE,
  ),
  failure("funnel-certificate-not-renewed", "funnel-expiry", 10, { funnelCertificate: "expires soon" }),
  failure("origin-certificate-rejected", "end-to-end", 10, { strictFor: "hostname" }, VISIT),
  failure("application-not-http", "direct-route", 11, { proxy: "answers without HTTP" }, STRAIGHT),
  failure("origin-response-invalid", "end-to-end", 11, { proxy: "resets the connection" }, STRAIGHT),
  failure("backend-unreachable", "direct-route", 12, { traefik: "requires a server name" }, STRAIGHT),
  failure(
    "misdirected-request",
    "direct-route",
    13,
    { traefik: "has TLS options for the router" },
    STRAIGHT,
    ["origin-lock-refuses-cloudflare"],
  ),
  failure("origin-lock-open", "direct-route", 14, { originLock: "without the router in Traefik" }),
  failure(
    "origin-lock-refuses-cloudflare",
    "end-to-end",
    13,
    { originLock: "without the rule at Cloudflare" },
    STRAIGHT,
    ["host-overridden"],
  ),
  failure("router-missing", "direct-route", 15, { traefik: "has no router" }, STRAIGHT, ["host-overridden"]),
  failure("host-overridden", "end-to-end", 13, { hostHeader: "funnel" }, VISIT),
  failure("application-unavailable", "direct-route", 16, { traefik: "has no application" }, STRAIGHT),
  failure(
    "application-silent",
    "direct-route",
    16,
    { traefik: "has an application that is silent" },
    STRAIGHT,
  ),
  failure("application-error", "end-to-end", 16, { traefik: "has an application that fails" }),
];

/** The settings with some failures. Undefined if two of them are two states of one part. */
export function settingsOf(failures: readonly Failure[]): LabSettings | undefined {
  const changes = failures.map(({ settings }) => settings);
  const fields = changes.flatMap((change) => Object.keys(change));
  if (new Set(fields).size < fields.length) return undefined;
  const settings = Object.assign({}, HEALTHY, ...changes) as LabSettings;
  // The Worker's runtime dials by itself, so its connections do not pass the laboratory's states of the relay.
  return settings.worker !== "none" && settings.relay !== "accepts" ? undefined : settings;
}
