import { broken, ok, type Outcome, unknown } from "../core/check.ts";
import { isTailnetAddress } from "../probes/address-ranges.ts";
import { daysLeft, describeHandshake } from "../probes/describe.ts";
import { addressesOf, describeLookups, type Lookups } from "../probes/dns.ts";
import type { Handshake } from "../probes/tls.ts";
import { relayAddress } from "./funnel-readings.ts";

/**
 * Judges whether the internet can resolve the Funnel's ts.net name. Tailscale publishes the name only while the device
 * may use Funnel; otherwise only the tailnet knows it.
 */
export function judgeFunnelDns(lookups: Lookups): Outcome {
  const evidence = describeLookups(lookups);
  if (relayAddress(lookups) !== undefined) return ok(evidence);
  if (addressesOf(lookups).some(isTailnetAddress)) {
    return unknown(`only a resolver of the tailnet answers this machine: ${evidence}`);
  }
  const isCertain = lookups.some(({ lookup }) => lookup.kind === "none");
  return isCertain ? broken("funnel-not-public", evidence) : unknown(`no DNS server answers: ${evidence}`);
}

/**
 * Judges the certificate for the ts.net name.
 *
 * The Funnel relay closes the connection if no device serves the name. A device that serves the name and has no
 * certificate for it rejects the handshake (Go's crypto/tls answers a failed GetCertificate with an alert).
 */
export function judgeFunnelCertificate(reading: Handshake | undefined, now: Date): Outcome {
  if (reading === undefined) return unknown("not tried: the ts.net name has no public address");
  const evidence = describeHandshake(reading, now);
  switch (reading.kind) {
    case "closed":
      return broken("funnel-not-serving", evidence);
    case "alert":
      return broken("funnel-certificate-not-issued", evidence);
    case "secured":
      return judgeRejection(reading.certificate, evidence);
    case "refused":
    case "unreachable":
    case "silent":
      return unknown(`this machine cannot reach the Funnel: ${evidence}`);
  }
}

function judgeRejection(
  { rejected, issuer }: { rejected: string | undefined; issuer: string },
  evidence: string,
): Outcome {
  switch (rejected) {
    case undefined:
      return ok(evidence);
    case "CERT_HAS_EXPIRED":
      return broken("funnel-certificate-expired", evidence);
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return broken("funnel-certificate-wrong-name", evidence);
    default:
      // Let's Encrypt names its staging authorities so.
      if (/staging/i.test(issuer)) return broken("funnel-certificate-staging", evidence);
      return unknown(`this machine does not trust the issuer; a proxy may intercept TLS: ${evidence}`);
  }
}

/** The proxy renews a certificate of 90 days about 30 days before it expires. */
const RENEWAL_OVERDUE_DAYS = 14;

/** Judges whether the certificate is renewed in time. An expired one is {@link judgeFunnelCertificate}'s finding. */
export function judgeFunnelExpiry(reading: Handshake | undefined, now: Date): Outcome {
  if (reading?.kind !== "secured") return unknown("not known: there is no certificate");
  const evidence = describeHandshake(reading, now);
  const days = daysLeft(reading.certificate, now);
  return days < RENEWAL_OVERDUE_DAYS ? broken("funnel-certificate-not-renewed", evidence) : ok(evidence);
}

/**
 * Judges the negative control: a handshake that asks the Funnel for the public hostname must fail. If it succeeds,
 * something other than the Funnel answers there.
 *
 * @param own - the handshake for the ts.net name, without which a failure proves nothing
 */
export function judgeHostnameAsSni(
  reading: Handshake | undefined,
  own: Handshake | undefined,
  now: Date,
): Outcome {
  if (reading === undefined || own?.kind !== "secured") {
    return unknown("proves nothing while the Funnel does not answer for its own name");
  }
  const evidence = describeHandshake(reading, now);
  switch (reading.kind) {
    case "alert":
    case "closed":
      return ok(`refused, as it must be: ${evidence}`);
    case "secured":
      return broken("hostname-served-directly", evidence);
    case "refused":
    case "unreachable":
    case "silent":
      return unknown(evidence);
  }
}
