import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_TOKEN } from "../world/api-token.ts";

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string>>;

/**
 * The variables with which the providers and the project's own commands use a stack's simulated systems. They replace
 * those of the developer's own accounts and cluster. The kubeconfig is a file in the folder.
 *
 * @param address - of the server
 * @param folder - of the sandbox's state
 */
export function apiVariables(address: string, folder: string, stack: string): Variables {
  const kubeconfig = join(folder, `kubeconfig-${stack}.json`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(`${address}/kubernetes/${stack}`), undefined, 2));
  return {
    CLOUDFLARE_BASE_URL: `${address}/cloudflare/${stack}`,
    CLOUDFLARE_API_TOKEN: API_TOKEN,
    TAILSCALE_BASE_URL: `${address}/tailscale/${stack}`,
    TAILSCALE_API_KEY: API_TOKEN,
    TAILSCALE_TAILNET: "-",
    // An OAuth client or identity token of the developer's would take precedence over the API key.
    TAILSCALE_OAUTH_CLIENT_ID: "",
    TAILSCALE_OAUTH_CLIENT_SECRET: "",
    TAILSCALE_IDENTITY_TOKEN: "",
    KUBECONFIG: kubeconfig,
  };
}

function kubeconfigOf(server: string): object {
  const name = "sandbox";
  return {
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    // Kubernetes' client sends a token over plain HTTP only if this is set.
    clusters: [{ name, cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: { token: API_TOKEN } }],
  };
}
