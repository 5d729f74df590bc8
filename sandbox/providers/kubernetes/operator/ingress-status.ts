import type { World } from "../../../world/world.ts";
import { tailnet } from "../../tailscale/tailnet.ts";
import type { Props } from "../../values.ts";

/**
 * The status of an Ingress with that hostname. Without HTTPS certificates in the tailnet it has none
 * (module tailscale.com, `cmd/k8s-operator/ingress.go`).
 */
export function ingressStatus(
  world: World,
  hostname: string,
): { readonly status: Props } | { readonly reason: string } {
  const { magicDns, settings } = tailnet(world);
  if (!magicDns || settings["httpsEnabled"] !== true) {
    return { reason: "HTTPSNotEnabled: HTTPS is not enabled on the tailnet; ingress may not work" };
  }
  const ports = [{ port: 443, protocol: "TCP" }];
  return { status: { loadBalancer: { ingress: [{ hostname, ports }] } } };
}
