import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { OperatorCredentials } from "../tailnet/operator-credential.ts";

/**
 * A short text that changes whenever the credential does: 16 hexadecimal digits of a SHA-256. It is secret
 * where the credential is.
 */
export function credentialFingerprint(login: OperatorCredentials): pulumi.Output<string> {
  const parts =
    login.kind === "key" ? [login.clientId, login.clientSecret] : [login.clientId, login.audience];
  return pulumi.all(parts).apply((values) => fingerprint(values));
}

/** @param parts - kept apart by a byte that none of them can hold, so that no two lists share a digest */
export function fingerprint(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 16);
}
