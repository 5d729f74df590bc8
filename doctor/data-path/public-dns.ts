import { broken, ok, type Outcome, unknown } from "../core/check.ts";
import { isCloudflareAddress } from "../probes/address-ranges.ts";
import { addressesOf, describeLookups } from "../probes/dns.ts";
import type { PublicDns } from "./hostname-readings.ts";

/**
 * Judges what DNS says about a proxied hostname: everybody must get addresses of Cloudflare's edge.
 *
 * The addresses decide, not the names of the zone's servers: zones may have name servers of their own names, and a zone
 * with a partial setup has others.
 */
export function judgePublicDns({ zoneServers, authoritative, recursive, cname }: PublicDns): Outcome {
  const evidence = describeLookups([...authoritative, ...recursive]);
  const answered = recursive.filter(({ lookup }) => lookup.kind !== "failed");
  if (zoneServers === undefined || answered.length === 0) {
    return unknown(`no DNS server answers this machine: ${evidence}`);
  }
  if (
    answered.every(({ lookup }) => lookup.kind === "addresses" && lookup.addresses.every(isCloudflareAddress))
  ) {
    return ok(evidence);
  }
  if (addressesOf(authoritative).some(isCloudflareAddress)) return broken("dns-not-propagated", evidence);
  const isDelegated = zoneServers.some(({ name }) => CLOUDFLARE_SERVER.test(name));
  if (!isDelegated) {
    const servers = zoneServers.map(({ name }) => name).join(", ");
    return broken("zone-not-delegated", `name servers of the zone: ${servers || "none"}; ${evidence}`);
  }
  if (addressesOf([...authoritative, ...recursive]).length > 0) {
    const target = cname === undefined ? "" : `; CNAME to ${cname}`;
    return broken("record-not-proxied", `${evidence}${target}`);
  }
  // Without an answer of the zone's own servers, a record that is new looks like one that is missing.
  if (authoritative.some(({ lookup }) => lookup.kind === "none")) return broken("record-missing", evidence);
  return unknown(`the zone's name servers do not answer this machine: ${evidence}`);
}

/** Cloudflare's name servers: https://developers.cloudflare.com/dns/nameservers/. */
const CLOUDFLARE_SERVER = /\.(ns\.cloudflare\.com|foundationdns\.(com|net|org))$/i;
