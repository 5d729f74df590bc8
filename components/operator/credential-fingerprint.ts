import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { OperatorCredentials } from "../tailnet/operator-credential.ts";

/**
 * Computes a text that changes whenever the credential does: 16 hexadecimal digits of a SHA-256. It is a Pulumi
 * secret if the credential is.
 */
export function credentialFingerprint(credentials: OperatorCredentials): pulumi.Output<string> {
  const { clientId } = credentials;
  const parts = [clientId, credentials.kind === "key" ? credentials.clientSecret : credentials.audience];
  return pulumi.all(parts).apply((values) => fingerprint(values));
}

/** @param parts - joined by a byte that none of them can contain, so that different lists have different digests */
export function fingerprint(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
