import * as pulumi from "@pulumi/pulumi";
import type { ConfigIssue } from "../../components/config-issue.ts";
import { settingPath, valueAt } from "./issue-from-zod.ts";

/** The keys that hold secrets. Each is a key of its own, so that it alone is encrypted and read as one. */
export const SECRET_KEYS = ["operatorClientId", "operatorClientSecret"] as const;

/** Keys of the providers whose values are secret. They are read by the providers; here they are only checked. */
export const PROVIDER_SECRETS = [
  "tailscale:apiKey",
  "tailscale:oauthClientSecret",
  "tailscale:identityToken",
  "cloudflare:apiKey",
  "cloudflare:apiToken",
  "cloudflare:apiUserServiceKey",
];

/** Secret unless it is the path of a file. */
export const KUBECONFIG = { key: "kubernetes:kubeconfig", path: /^(?!\s*\{)[^\n]*$/ };

/** A stack's configuration as Pulumi hands it over: texts by key, and which of the keys were encrypted. */
export interface RawConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly isSecret: (key: string) => boolean;
}

/** Secrets that stand in plain text, and plain values that were encrypted. No value is ever shown. */
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
          fix: `pulumi config set --secret ${key}; then revoke the value that stood in the file, which is no secret any more`,
        },
      ];
    }
    if (!mustBeSecret && key.startsWith("tailnet-edge:") && isSecret(key)) {
      return [
        {
          path: key,
          found: "an encrypted value in a key that is read as plain text",
          allowed: `encrypted values only in ${secretKeys.filter((name) => name.startsWith("tailnet-edge:")).join(", ")}`,
          fix: "move the secret to its own key, or write the value in plain text",
        },
      ];
    }
    return [];
  });
}

/** Whether the secrets that the credential needs are there, and no others: one that nothing reads is a mistake. */
export function credentialIssues(config: unknown, { values }: RawConfig): readonly ConfigIssue[] {
  const kind = valueAt(config, ["operator", "credential", "kind"]);
  if (typeof kind !== "string") return [];
  return SECRET_KEYS.flatMap((key): ConfigIssue[] => {
    const path = settingPath([key]);
    const given = Boolean(values[path]);
    if (given === (kind === "existing")) return [];
    return [
      {
        path,
        found: given ? `a value, with operator.credential.kind: ${kind}` : "nothing",
        allowed: "both of the client's secrets with operator.credential.kind: existing, neither with another",
        fix: given
          ? `pulumi config rm ${path}, or set operator.credential.kind: existing`
          : `pulumi config set --secret ${path}`,
      },
    ];
  });
}

/** Reads a secret as what it is. */
export function secretValue(key: (typeof SECRET_KEYS)[number]): pulumi.Output<string> {
  return new pulumi.Config("tailnet-edge").requireSecret(key);
}
