import type { Via } from "./via.ts";

/** A public hostname and how it is published. */
export interface PublicHostname {
  readonly host: string;
  /** The name of its Cloudflare zone. */
  readonly zone: string;
  readonly via: Via;
}

/**
 * Finds the zone of a hostname: the longest of the given names that the hostname equals or ends in.
 *
 * @returns undefined when it is in none of them
 */
export function zoneOf(host: string, zones: readonly string[]): string | undefined {
  return zones
    .filter((zone) => host === zone || host.endsWith(`.${zone}`))
    .reduce<string | undefined>((best, zone) => (zone.length > (best?.length ?? 0) ? zone : best), undefined);
}
