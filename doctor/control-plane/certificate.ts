import { X509Certificate } from "node:crypto";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";

/** A proxy renews its certificate of 90 days when a third of that is left. */
const RENEWED_BEFORE_DAYS = 14;
const DAY_MS = 24 * 60 * 60_000;

/**
 * Whether a proxy's certificate is issued, and how long it is valid. The proxy keeps it in its state Secret, in the key
 * `<fqdn>.crt` (module tailscale.com, `ipn/store/kubestore`). The private key beside it is not read.
 *
 * @param secrets - the state Secrets of the object's proxy
 */
export function certificateOutcome(secrets: readonly LiveObject[], fqdn: string): Outcome {
  const data = secrets.map((secret) => (secret["data"] ?? {}) as Readonly<Record<string, string>>);
  const encoded = data.map(({ [`${fqdn}.crt`]: pem }) => pem).find((pem) => pem !== undefined);
  if (encoded === undefined) {
    return unknown(`no certificate for ${fqdn} in the proxy's Secret: it is issued at the first request`);
  }
  const expiry = expiryOf(Buffer.from(encoded, "base64"));
  if (expiry === undefined) return unknown(`the certificate of ${fqdn} in the proxy's Secret cannot be read`);
  const days = Math.floor((expiry.getTime() - Date.now()) / DAY_MS);
  const day = expiry.toISOString().slice(0, 10);
  if (days < RENEWED_BEFORE_DAYS) {
    return broken("certificate-expires", days < 0 ? `expired on ${day}` : `${days} days left, until ${day}`);
  }
  return ok(`${days} days left, until ${day}`);
}

function expiryOf(pem: Buffer): Date | undefined {
  try {
    return new X509Certificate(pem).validToDate;
  } catch {
    return undefined;
  }
}
