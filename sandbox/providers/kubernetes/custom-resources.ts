import type { World } from "../../world/world.ts";
import type { Credential } from "../tailscale/tailnet.ts";
import { finalize, letGo } from "./finalizers.ts";
import { objectAt, setStatus, textAt } from "./objects.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { serveProxyGroup } from "./proxy-group.ts";

/** ProxyClass, ProxyGroup, Connector, DNSConfig: what a running operator does for them. */
export function serveCustomResource(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  const { kind, metadata, spec } = objectAt(world, key);
  if (kind === "ProxyGroup") {
    serveProxyGroup(world, pod, credential, key);
    return;
  }
  if (metadata.deletionTimestamp !== undefined) {
    letGo(world, key);
    return;
  }
  if (kind !== "ProxyClass") finalize(world, key);
  const ready = kind === "DNSConfig" ? "NameserverReady" : `${kind}Ready`;
  const ip = textAt(spec, "nameserver", "service", "clusterIP") ?? "10.43.0.53";
  setStatus(world, key, {
    conditions: [{ type: ready, status: "True" }],
    ...(kind === "DNSConfig" && { nameserver: { ip } }),
  });
}
