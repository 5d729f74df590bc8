import { LOCK_HEADER } from "../../worker/src/lock-header.ts";
import type { PublicHostname } from "./hostname.ts";
import { recordTarget, routeOf } from "./via.ts";

/** One row of the table: a hop of a request, and what must be seen there. */
export interface Hop {
  readonly hop: string;
  readonly expect: string;
}

/**
 * What must be seen at each of the eight hops from the browser to Traefik for a hostname to work. If a `via`
 * cannot achieve that at a hop, the row says so.
 *
 * @param funnel - the Funnel's ts.net name, or a placeholder while it is not known
 * @param origins - the Funnels of other clusters that the Worker tries after it
 * @param locked - whether Traefik demands the origin lock's header
 */
export function hops(
  { host, via }: PublicHostname,
  funnel: string,
  origins: readonly string[] = [],
  locked = false,
): readonly Hop[] {
  const route = routeOf(via);
  const target = recordTarget(via, funnel);
  const targets = route.workerRoute ? [target, ...origins] : [target];
  const inTurn = (names: readonly string[]) => names.join(", else ");
  const sni = route.sni === "target" ? inTurn(targets) : host;
  return [
    { hop: "Browser URL", expect: `https://${host}` },
    { hop: "Browser to Cloudflare Host header", expect: host },
    { hop: "Cloudflare proxied DNS target", expect: target },
    { hop: "Cloudflare to origin TCP destination", expect: inTurn(targets.map((name) => `${name}:443`)) },
    {
      hop: "Cloudflare to origin TLS SNI",
      expect: route.sniProblem === undefined ? sni : `${sni} (${route.sniProblem})`,
    },
    { hop: "Cloudflare to origin HTTP Host header", expect: host },
    route.target === "funnel"
      ? { hop: "Certificate presented by Tailscale Funnel", expect: inTurn(targets) }
      : { hop: `Certificate presented by ${target}`, expect: host },
    {
      hop: "Host seen by Traefik for routing",
      expect: locked && route.target === "funnel" ? `${host}, with header ${LOCK_HEADER}, else 403` : host,
    },
  ];
}
