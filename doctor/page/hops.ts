import { routeOf } from "../../components/public-edge/via.ts";
import type { Result } from "../core/report.ts";
import type { StackOutputs } from "../target/outputs.ts";

/** The hops of a request in its order, and what each does. */
export const HOPS = {
  DNS: "leads to Cloudflare",
  Cloudflare: "ends TLS, chooses the origin",
  Funnel: "carries TLS to the cluster",
  Proxy: "ends TLS in the cluster",
  Traefik: "routes by Host",
  Answer: "what a visitor gets",
} as const;
export type HopName = keyof typeof HOPS;

/**
 * - `broken`: a check of this hop names a cause
 * - `consequence`: checks of this hop fail, and another check explains why
 * - `unknown`: a check of this hop could not tell
 * - `skipped`: no check of this hop was tried
 */
export type HopState = "ok" | "broken" | "consequence" | "unknown" | "skipped";

export interface Hop {
  readonly name: HopName;
  readonly state: HopState;
  readonly results: readonly Result[];
}

/** A public hostname and the hops of its requests. A hop without a check is left out. */
export interface HostnameHops {
  readonly host: string;
  readonly hops: readonly Hop[];
}

/** The worst state of some checks. */
export function stateOf(results: readonly Result[]): HopState {
  if (results.some(({ finding }) => finding !== undefined)) return "broken";
  if (results.some(({ status }) => status === "broken")) return "consequence";
  if (results.some(({ status }) => status === "unknown")) return "unknown";
  return results.length > 0 && results.every(({ status }) => status === "skipped") ? "skipped" : "ok";
}

/**
 * Sorts the checks of a report into the hops of each public hostname. What hostnames share, such as the operator, is in
 * all of them. A hostname without any check is left out: HOST has excluded it.
 */
export function hostnameHops(results: readonly Result[], outputs: StackOutputs): readonly HostnameHops[] {
  const names = Object.keys(HOPS) as HopName[];
  return Object.entries(outputs.hostnames)
    .filter(([host]) => results.some(({ subject }) => subject === host))
    .map(([host, { zone, via }]) => {
      const { target, workerRoute } = routeOf(via);
      const subjects = new Set([
        ...[host, zone, ...(workerRoute ? [SHARED] : [])],
        ...(target === "funnel" ? [SHARED, outputs.funnel?.expected, outputs.funnel?.actual] : []),
      ]);
      const hops = names.flatMap((name): Hop[] => {
        const own = results.filter(
          ({ id }) => KINDS[name].includes(kindOf(id)) && subjects.has(subjectOf(id)),
        );
        return own.length === 0 ? [] : [{ name, state: stateOf(own), results: own }];
      });
      return { host, hops };
    });
}

/** The subject of checks that name no hostname, zone or ts.net name in their ID. */
const SHARED = "";

/** An ID is `kind/subject`. Scopes and parts of the policy are kinds of their own. */
function kindOf(id: string): string {
  return /^(scope|policy)\//.test(id) ? id : (id.split("/", 1)[0] ?? "");
}

function subjectOf(id: string): string {
  return kindOf(id) === id ? SHARED : id.slice(id.indexOf("/") + 1);
}

/** The kinds of checks of each hop. A kind that is missing here concerns private services only. */
const KINDS: Readonly<Record<HopName, readonly string[]>> = {
  DNS: ["record", "public-dns"],
  Cloudflare: [
    ...["zone", "plan", "edge-certificate", "edge-tls", "sni", "host-header", "origin", "page-rules"],
    ...["strict-tls", "lock-header", "redirect", "worker", "worker-route"],
  ],
  Funnel: [
    "policy/funnel",
    "magicdns",
    "https",
    "funnel-dns",
    "funnel-tls",
    "funnel-expiry",
    "hostname-as-sni",
  ],
  Proxy: [
    ...["secret", "credential", "scope/auth_keys", "scope/devices:core", "scope/services", "policy/syntax"],
    ...["policy/tag-owners", "deployment", "login", "name", "certificate"],
  ],
  Traefik: ["direct-route"],
  Answer: ["end-to-end"],
};
