import { expect, test } from "vitest";
import { judgeFunnelCertificate } from "../../../doctor/data-path/funnel-certificate.ts";
import type { Handshake } from "../../../doctor/probes/tls.ts";
import { diagnosis } from "../diagnosis.ts";

const NOW = new Date("2026-11-28T00:00:00Z");
const validTo = new Date("2026-12-28T00:00:00Z");
const rejectedAs = (rejected: string | undefined, issuer = "Let's Encrypt"): Handshake => ({
  ...{ kind: "secured", certificate: { names: ["a.ts.net"], issuer, validTo, rejected } },
});

test.each<[expected: RegExp, reading: Handshake | undefined]>([
  [/^ok: certificate for a\.ts\.net by Let's Encrypt, 30 days left$/, rejectedAs(undefined)],
  [/^funnel-certificate-wrong-name: .*ALTNAME/, rejectedAs("ERR_TLS_CERT_ALTNAME_INVALID")],
  [/^funnel-certificate-expired: /, rejectedAs("CERT_HAS_EXPIRED")],
  [/^funnel-certificate-staging: /, rejectedAs("SELF_SIGNED_CERT_IN_CHAIN", "(STAGING) Let's Encrypt")],
  [/^unknown: this machine does not trust the issuer/, rejectedAs("SELF_SIGNED_CERT_IN_CHAIN", "A proxy")],
  [/^funnel-not-serving: connection closed during the TLS handshake$/, { kind: "closed" }],
  [/^funnel-certificate-not-issued: /, { kind: "alert", alert: "internal error" }],
  [/^unknown: this machine cannot reach the Funnel: connection refused$/, { kind: "refused" }],
  [/^unknown: not tried: /, undefined],
])("judges a handshake with the Funnel: %s", (expected, reading) => {
  expect(diagnosis(judgeFunnelCertificate(reading, NOW))).toMatch(expected);
});
