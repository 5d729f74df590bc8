import { CloudflareClient } from "../live/cloudflare-client.ts";
import { KubernetesClient, type LiveObject } from "../live/kubernetes-client.ts";
import type { ProviderSettings } from "../live/provider-settings.ts";
import { TailscaleClient } from "../live/tailscale-client.ts";
import { type HelmRecord, helmRecords } from "./helm-record.ts";

/** The live systems of a stack. What several resources need is read once; a failed read fails for each of them. */
export function liveSystems(settings: ProviderSettings) {
  const tailscale = once(() => Promise.resolve(TailscaleClient.fromSettings(settings)));
  const cloudflare = once(() => CloudflareClient.fromSettings(settings));
  const kubernetes = once(() => KubernetesClient.fromSettings(settings));
  const list = async (apiVersion: string, kind: string): Promise<readonly LiveObject[]> =>
    (await (await kubernetes()).list(apiVersion, kind)) ?? [];
  return {
    cloudflare,
    kubernetes,
    policy: once(async () => await (await tailscale()).policy()),
    devices: once(async () => await (await tailscale()).devices()),
    keys: once(async () => await (await tailscale()).keys()),
    settings: once(async () => await (await tailscale()).settings()),
    magicDns: once(async () => await (await tailscale()).magicDns()),
    zone: memoized(async (name) => await (await cloudflare()).zone(name)),
    workerRoutes: memoized(async (zoneId) => await (await cloudflare()).workerRoutes(zoneId)),
    workerScripts: memoized(async (accountId) => await (await cloudflare()).workerScripts(accountId)),
    definitions: once(() => list("apiextensions.k8s.io/v1", "CustomResourceDefinition")),
    dnsConfigs: once(() => list("tailscale.com/v1alpha1", "DNSConfig")),
    routers: once(() => list("traefik.io/v1alpha1", "IngressRoute")),
    exposed: once(async () => [
      ...(await list("networking.k8s.io/v1", "Ingress")),
      ...(await list("v1", "Service")),
    ]),
    releases: once(async (): Promise<readonly HelmRecord[]> => {
      const records = await (await kubernetes()).list("v1", "Secret", { labelSelector: "owner=helm" });
      return helmRecords(records ?? []);
    }),
  };
}

export type LiveSystems = ReturnType<typeof liveSystems>;

function once<T>(read: () => Promise<T>): () => Promise<T> {
  const call = memoized(read);
  return () => call("");
}

function memoized<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const calls = new Map<string, Promise<T>>();
  return (key) => {
    const call = calls.get(key) ?? read(key);
    calls.set(key, call);
    return call;
  };
}
