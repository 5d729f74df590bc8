import { proxyDevices } from "../../../sandbox/providers/kubernetes/operator/proxies.ts";
import { proxyCertificates } from "../../../sandbox/providers/kubernetes/operator/proxy-certificate.ts";
import { changeTailnet, devices } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { changeObject, policyWith, type WorldChange } from "../world-changes.ts";

export const FUNNEL = "ozilab-edge.tail1234.ts.net";
export const INGRESS = "Ingress traefik/ozilab-edge";
export const podSecurity = (level: string) =>
  changeObject("Namespace tailscale", (object) => ({
    ...object,
    metadata: { ...object.metadata, labels: { "pod-security.kubernetes.io/enforce": level } },
  }));
/** The proxy's StatefulSet has to start again, and its device and status are gone. */
export const loseProxy: WorldChange = (world) => {
  const device = proxyDevices(world).get(INGRESS) ?? "";
  devices(world).delete(device);
  proxyDevices(world).delete(INGRESS);
  changeObject(INGRESS, (object) => ({ ...object, status: {} }))(world);
};
export const noFunnel = policyWith((policy) => policy.replaceAll('"funnel"', '"other"'));
export const httpsOff: WorldChange = (world) => {
  changeTailnet(world, { settings: { httpsEnabled: false } });
};
export const takeName: WorldChange = (world) => {
  for (const [id, device] of [...devices(world)]) {
    if (device.name === "ozilab-edge") devices(world).set(id, { ...device, name: "ozilab-edge-1" });
  }
};
export const certificate =
  (state: number | "not issued"): WorldChange =>
  (world) => {
    proxyCertificates(world).set(FUNNEL, state);
  };
