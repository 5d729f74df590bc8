import * as pulumi from "@pulumi/pulumi";
import type { ConfigIssue } from "../../components/config-issue.ts";
import { settingPath } from "./issue-from-zod.ts";

/** The keys that hold secrets. They are separate keys, so that only they are encrypted. */
export const SECRET_KEYS = ["operatorClientId", "operatorClientSecret"] as const;

/** The providers' secret keys. The providers read them; this program only checks that they are encrypted. */
export const PROVIDER_SECRETS = [
  "tailscale:apiKey",
  "tailscale:oauthClientSecret",
  "tailscale:identityToken",
  "cloudflare:apiKey",
  "cloudflare:apiToken",
  "cloudflare:apiUserServiceKey",
];

/** Secret unless it is a file path. */
export const KUBECONFIG = { key: "kubernetes:kubeconfig", path: /^(?!\s*\{)[^\n]*$/ };

/** A stack's configuration as Pulumi returns it: texts by key, and which of the keys are encrypted. */
export interface RawConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
}

/**
 * Reports secrets in plain text, and encrypted values where plain text is read. Never shows a value.
 *
 * Not a rule of the schema, because the schema sees neither other namespaces nor what is encrypted.
 */
export function secrecyIssues({ values, isSecret }: RawConfig): readonly ConfigIssue[] {
  const secretKeys: readonly string[] = [
    ...SECRET_KEYS.map((key) => settingPath([key])),
    ...PROVIDER_SECRETS,
    KUBECONFIG.key,
  ];
  return Object.entries(values).flatMap(([key, value]): ConfigIssue[] => {
    const mustBeSecret = secretKeys.includes(key);
    const holdsSecret =
      mustBeSecret && value !== "" && !(key === KUBECONFIG.key && KUBECONFIG.path.test(value));
    if (holdsSecret && !isSecret(key)) {
      return [
        {
          path: key,
          found: "a secret in plain text",
          allowed: "an encrypted value",
          fix: `pulumi config set --secret ${key}; then revoke the exposed value`,
        },
      ];
    }
    if (!mustBeSecret && key.startsWith("tailnet-edge:") && isSecret(key)) {
      return [
        {
          path: key,
          found: "an encrypted value in a plain-text key",
          allowed: `encrypted values only in ${secretKeys.filter((name) => name.startsWith("tailnet-edge:")).join(", ")}`,
          fix: "move the secret to its own key, or write the value in plain text",
        },
      ];
    }
    return [];
  });
}

/**
 * Reports a missing client secret, and one that nothing reads.
 *
 * Not a rule of the schema, because secrets are never part of the parsed object.
 *
 * @param kind - `operator.credential.kind`; null or undefined if it has an issue already
 */
export function credentialIssues(
  kind: string | null | undefined,
  { values }: RawConfig,
): readonly ConfigIssue[] {
  if (typeof kind !== "string") return [];
  return SECRET_KEYS.flatMap((key): ConfigIssue[] => {
    const path = settingPath([key]);
    const given = Boolean(values[path]);
    if (given === (kind === "existing")) return [];
    return [
      {
        path,
        found: given ? `a value, with operator.credential.kind: ${kind}` : "nothing",
        allowed: "both client secrets with operator.credential.kind: existing, none with another kind",
        fix: given
          ? `pulumi config rm ${path}, or set operator.credential.kind: existing`
          : `pulumi config set --secret ${path}`,
      },
    ];
  });
}

/** Reads a secret as a secret output. */
export function secretValue(key: (typeof SECRET_KEYS)[number]): pulumi.Output<string> {
  return new pulumi.Config("tailnet-edge").requireSecret(key);
}
