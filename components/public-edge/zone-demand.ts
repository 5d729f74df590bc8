import { type HostExpression, hostExpressions } from "./host-expression.ts";
import type { PublicHostname } from "./hostname.ts";
import { type Route, routeOf } from "./via.ts";
import type { Zone } from "./zone.ts";

/** What a stack's hostnames need of one zone. */
export interface ZoneDemand {
  readonly zone: Zone;
  /** The hostnames of this zone, sorted. */
  readonly hostnames: readonly PublicHostname[];
  /** One origin rule for each. */
  readonly originRules: readonly HostExpression[];
  /** One strict TLS rule for each. */
  readonly strictTlsRules: readonly HostExpression[];
  /** One redirect rule for each. Every `via` needs them: nothing listens on the origin's port 80. */
  readonly redirectRules: readonly HostExpression[];
  /** One transform rule for each. Empty without an origin lock. */
  readonly lockRules: readonly HostExpression[];
}

/**
 * A request by plain HTTP. Certificate authorities validate a name by a path below `/.well-known/`, which they request
 * by HTTP (Cloudflare, "Troubleshooting: Single Redirects and DCV").
 */
const PLAIN_HTTP = 'not ssl and not starts_with(http.request.uri.path, "/.well-known/")';

/**
 * Works out what the hostnames of one zone need.
 *
 * @param locked - whether the stack has an origin lock. Its secret is sent to the Funnel only, not to another target.
 */
export function zoneDemand(zone: Zone, hostnames: readonly PublicHostname[], locked = false): ZoneDemand {
  const hostsWith = (rule: "originRule" | "strictTls") =>
    hostnamesWith(hostnames, (route) => route[rule]).map(({ host }) => host);
  return {
    zone,
    hostnames: hostnames.toSorted((a, b) => (a.host < b.host ? -1 : 1)),
    originRules: hostExpressions(hostsWith("originRule")),
    strictTlsRules: hostExpressions(hostsWith("strictTls")),
    redirectRules: hostExpressions(
      hostnames.map(({ host }) => host),
      PLAIN_HTTP,
    ),
    lockRules: hostExpressions(
      (locked ? hostnamesWith(hostnames, ({ target }) => target === "funnel") : []).map(({ host }) => host),
    ),
  };
}

/** Whether a hostname's requests pass the stack's Worker. */
export function needsWorker({ hostnames }: ZoneDemand): boolean {
  return hostnames.some(({ via }) => routeOf(via).workerRoute);
}

/** The hostnames whose route needs something. */
export function hostnamesWith(
  hostnames: readonly PublicHostname[],
  needs: (route: Route) => boolean,
): readonly PublicHostname[] {
  return hostnames.filter(({ via }) => needs(routeOf(via)));
}
