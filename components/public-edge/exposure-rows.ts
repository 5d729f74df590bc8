import type { ExposureRow } from "../exposure-row.ts";
import type { PublicHostname } from "./hostname.ts";
import { routeOf } from "./via.ts";

const INTERNET = "everybody on the internet";

/**
 * Who can reach a public hostname, and by which route.
 *
 * @param origins - the Funnels of other clusters that the Worker tries after this cluster's
 */
export function hostnameRow({ host, via }: PublicHostname, origins: readonly string[]): ExposureRow {
  const { label, workerRoute } = routeOf(via);
  const route = [`Cloudflare, ${label}`, ...(workerRoute ? origins : [])].join(", else ");
  return { name: host, address: `https://${host}`, allowed: [INTERNET], route };
}

/**
 * Who can reach the Funnel by its own name: everybody who knows the name, without Cloudflare, unless there is an origin
 * lock; and the tailnet.
 *
 * @param fqdn - the Funnel's ts.net name
 * @param locked - whether Traefik refuses requests that did not pass Cloudflare
 */
export function funnelRows(
  { hostname, allowFrom }: { readonly hostname: string; readonly allowFrom: readonly string[] },
  fqdn: string,
  locked: boolean,
): readonly ExposureRow[] {
  const row = { name: hostname, address: `https://${fqdn}` };
  return [
    locked
      ? { ...row, allowed: ["nobody"], route: "Funnel, origin lock: 403" }
      : { ...row, allowed: [INTERNET], route: "Funnel" },
    { ...row, allowed: allowFrom, route: "tailnet" },
  ];
}
