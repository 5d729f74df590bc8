/**
 * How a public hostname gets from Cloudflare to its origin.
 *
 * - `origin-rule`: to the Funnel, with the TLS server name set to its ts.net name. Needs a zone whose plan
 *   has the SNI override.
 * - `worker`: to the Funnel through a Worker that speaks TLS to the ts.net name itself. Any plan.
 * - `cname-only`: to the Funnel by the record alone. Cloudflare then sends the public name as SNI, which
 *   Funnel does not serve: expect a 525 or 526. For trying out a cutover.
 * - `cname`: to another target, such as `<id>.cfargotunnel.com`: the way back to a cloudflared tunnel.
 */
export type Via = "origin-rule" | "worker" | "cname-only" | { readonly cname: string };

/** A public hostname and how it is published. */
export interface PublicHostname {
  readonly host: string;
  /** The Cloudflare zone that it is in. */
  readonly zone: string;
  readonly via: Via;
}

/**
 * The zone that a hostname belongs to: the longest of the given names that it ends in, or is.
 *
 * @returns undefined when it is in none of them
 */
export function zoneOf(host: string, zones: readonly string[]): string | undefined {
  return zones
    .filter((zone) => host === zone || host.endsWith(`.${zone}`))
    .reduce<string | undefined>((best, zone) => (zone.length > (best?.length ?? 0) ? zone : best), undefined);
}
