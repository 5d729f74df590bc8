import { CloudflareClient } from "../live/cloudflare-client.ts";
import { KubernetesClient } from "../live/kubernetes-client.ts";
import type { ProviderSettings } from "../live/provider-settings.ts";
import { TailscaleClient } from "../live/tailscale-client.ts";
import { once } from "./core/once.ts";

/** The live systems, with the credentials that the providers take. Each function throws a LiveError without one. */
export interface Systems {
  readonly kubernetes: () => Promise<KubernetesClient>;
  readonly tailscale: () => Promise<TailscaleClient>;
  readonly cloudflare: () => Promise<CloudflareClient>;
  /** A Tailscale client with the operator's own credential. */
  readonly asOperator: (clientId: string, clientSecret: string) => TailscaleClient;
}

/** @param settings - the stack's provider settings; a system without a credential fails only when it is used */
export function liveSystems(settings: ProviderSettings): Systems {
  return {
    kubernetes: once(() => KubernetesClient.fromSettings(settings)),
    // eslint-disable-next-line @typescript-eslint/require-await -- a missing credential must reject, not throw
    tailscale: once(async () => TailscaleClient.fromSettings(settings)),
    cloudflare: once(() => CloudflareClient.fromSettings(settings)),
    asOperator: (clientId, clientSecret) => TailscaleClient.ofOauthClient(settings, clientId, clientSecret),
  };
}

/**
 * Loads the clients. On a busy machine it takes long, and must not use up the time limit of the checks. A missing
 * credential is reported by the checks that need it.
 */
export async function loadClients({ kubernetes, cloudflare }: Systems): Promise<void> {
  await Promise.allSettled([kubernetes(), cloudflare()]);
}
