import type { World } from "../../../world/world.ts";
import type { Credential } from "../../tailscale/tailnet.ts";
import { objectAt, setStatus } from "../api-server/objects.ts";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import { reconcileNameserver } from "./nameserver.ts";
import type { OperatorPod } from "./operator-pod.ts";
import { reconcileProxyClass } from "./proxy-class.ts";
import { reconcileProxyGroup } from "./proxy-group.ts";

/**
 * Sets the ready condition of a ProxyClass, Connector or DNSConfig, and runs the pods of a ProxyGroup
 * (module tailscale.com, `cmd/k8s-operator/connector.go`).
 */
export function reconcileCustomResource(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  const { kind, metadata } = objectAt(world, key);
  if (kind === "ProxyGroup") {
    reconcileProxyGroup(world, pod, credential, key);
    return;
  }
  if (kind === "ProxyClass") {
    reconcileProxyClass(world, key);
    return;
  }
  if (metadata.deletionTimestamp !== undefined) {
    removeFinalizer(world, key);
    return;
  }
  addFinalizer(world, key);
  if (kind === "DNSConfig") reconcileNameserver(world, key);
  else setStatus(world, key, { conditions: [{ type: `${kind}Ready`, status: "True" }] });
}
