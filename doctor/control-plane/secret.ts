import type { LiveObject } from "../../live/kubernetes-client.ts";
import { broken, ok, type Outcome } from "../core/check.ts";

const KEYS = ["client_id", "client_secret"] as const;

/** The operator's key pair, decoded. Never shown. */
export interface OperatorKey {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Whether the operator's Secret has both keys, and no white space around them: the operator uses the bytes as they are
 * (module tailscale.com, `cmd/k8s-operator/tsclient.go`). The evidence names keys, and never a value.
 *
 * @param name - `namespace/name`
 */
export function secretOutcome(secret: LiveObject | undefined, name: string): Outcome {
  if (secret === undefined) return broken("secret-missing", `no Secret ${name}`);
  const missing = KEYS.filter((key) => valueOf(secret, key) === "");
  if (missing.length > 0) return broken("secret-key-missing", `${name} lacks ${missing.join(" and ")}`);
  const padded = KEYS.filter((key) => valueOf(secret, key) !== valueOf(secret, key).trim());
  if (padded.length === 0) return ok(`${KEYS.join(" and ")}, without surrounding white space`);
  return broken("secret-has-whitespace", `${padded.join(" and ")} of ${name}`);
}

/** The key pair; undefined if a part is missing. */
export function operatorKey(secret: LiveObject | undefined): OperatorKey | undefined {
  if (secret === undefined) return undefined;
  const [clientId, clientSecret] = KEYS.map((key) => valueOf(secret, key));
  return clientId && clientSecret ? { clientId, clientSecret } : undefined;
}

function valueOf(secret: LiveObject, key: string): string {
  const data = (secret["data"] ?? {}) as Readonly<Record<string, string>>;
  return Buffer.from(data[key] ?? "", "base64").toString("utf8");
}
