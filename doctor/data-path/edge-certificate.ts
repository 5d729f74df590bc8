import { broken, ok, type Outcome, unknown } from "../core/check.ts";
import { describeHandshake } from "../probes/describe.ts";
import type { Handshake } from "../probes/tls.ts";

/** Judges the certificate that Cloudflare's edge shows to a visitor. */
export function judgeEdgeCertificate(reading: Handshake | undefined, now: Date): Outcome {
  if (reading === undefined) return unknown("not tried: the hostname has no address of Cloudflare");
  const evidence = describeHandshake(reading, now);
  switch (reading.kind) {
    case "secured":
      switch (reading.certificate.rejected) {
        case undefined:
          return ok(evidence);
        case "ERR_TLS_CERT_ALTNAME_INVALID":
          return broken("edge-certificate-missing", evidence);
        case "CERT_HAS_EXPIRED":
          return broken("edge-certificate-expired", evidence);
        default:
          return unknown(`this machine does not trust the issuer; a proxy may intercept TLS: ${evidence}`);
      }
    // Cloudflare has no certificate for the name, and so cannot answer the handshake.
    case "alert":
      return broken("edge-certificate-missing", evidence);
    case "refused":
    case "unreachable":
    case "silent":
    case "closed":
      return unknown(`this machine cannot reach Cloudflare: ${evidence}`);
  }
}
