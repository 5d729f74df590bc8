import { recordTarget } from "./edge-zone.ts";
import type { PublicHostname } from "./hostname.ts";

/** One row of the table: what one place on a request's way must see. */
export interface Hop {
  readonly hop: string;
  readonly expect: string;
}

/**
 * What must hold at each of the eight hops from the browser to Traefik for a hostname to work. Where the
 * chosen way cannot make it hold, the row says so.
 *
 * @param funnel - the Funnel's ts.net name, or a placeholder while it is not known
 */
export function hops({ host, via }: PublicHostname, funnel: string): readonly Hop[] {
  const target = recordTarget(via, funnel);
  const toFunnel = typeof via === "string";
  const sni =
    via === "cname-only" ? `${host} (Funnel does not serve it: expect 525 or 526)` : toFunnel ? funnel : host;
  return [
    { hop: "Browser URL", expect: `https://${host}` },
    { hop: "Browser to Cloudflare Host header", expect: host },
    { hop: "Cloudflare proxied DNS target", expect: target },
    { hop: "Cloudflare to origin TCP destination", expect: `${target}:443` },
    { hop: "Cloudflare to origin TLS SNI", expect: sni },
    { hop: "Cloudflare to origin HTTP Host header", expect: host },
    toFunnel
      ? { hop: "Certificate presented by Tailscale Funnel", expect: funnel }
      : { hop: `Certificate presented by ${target}`, expect: host },
    { hop: "Host seen by Traefik for routing", expect: host },
  ];
}
