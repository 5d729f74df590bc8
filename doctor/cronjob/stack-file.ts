import { parse, stringify } from "yaml";

/**
 * A stack's file for a pod: without what is encrypted, and without the kubeconfig and its context. In the pod, credentials
 * come from the environment, and access to the cluster from its ServiceAccount.
 */
export function podStackFile(text: string): string {
  const { config = {} } = parse(text, { merge: true }) as {
    readonly config?: Readonly<Record<string, unknown>>;
  };
  const kept = Object.entries(config).filter(
    ([key, value]) => !key.startsWith("kubernetes:") && !(isProviderKey(key) && isEncrypted(value)),
  );
  return stringify({
    config: Object.fromEntries(kept.map(([key, value]) => [key, withoutCiphertext(value)])),
  });
}

function isProviderKey(key: string): boolean {
  return /^(tailscale|cloudflare):/.test(key);
}

function isEncrypted(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value && Object.keys(value).length === 1;
}

/** The program requires some encrypted keys to exist, and the checks never read their values. */
function withoutCiphertext(value: unknown): unknown {
  if (isEncrypted(value)) return { secure: "left out" };
  if (Array.isArray(value)) return value.map(withoutCiphertext);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withoutCiphertext(part)]));
}
