import { X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { proxyStates } from "../../../sandbox/http/kubernetes-proxies.ts";
import {
  keyOf,
  type KubernetesObject,
  objects,
} from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { proxyDevices } from "../../../sandbox/providers/kubernetes/operator/proxies.ts";
import { proxyCertificates } from "../../../sandbox/providers/kubernetes/operator/proxy-certificate.ts";
import { joinDevice } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { MemoryWorld } from "../../../sandbox/world/world.ts";

const FQDN = "edge.tail1234.ts.net";
const OPERATOR = { kind: "Secret", metadata: { name: "operator", namespace: "tailscale" } };
const INGRESS = { kind: "Ingress", metadata: { name: "edge", namespace: "traefik" } };

/** A world with an operator and the proxy of an Ingress, whose status shows a name. */
function worldWith(published: string | undefined): MemoryWorld {
  const world = new MemoryWorld();
  const put = (object: KubernetesObject) => {
    objects(world).set(keyOf(object), object);
  };
  const ingress = published === undefined ? [] : [{ hostname: published }];
  put({ apiVersion: "v1", ...OPERATOR, data: { device_id: "node-0" } });
  put({ apiVersion: "networking.k8s.io/v1", ...INGRESS, status: { loadBalancer: { ingress } } });
  const owner = `proxy ${keyOf(INGRESS)}`;
  proxyDevices(world).set(keyOf(INGRESS), joinDevice(world, { name: "edge", tags: [], owner }));
  return world;
}

test("a proxy's state has its device, and the certificate of the name that its Ingress publishes", async () => {
  const [state, ...others] = await proxyStates(worldWith(FQDN));
  expect(others).toEqual([]);
  expect(state?.metadata.namespace).toBe("tailscale");
  expect(state?.metadata.labels).toMatchObject({
    "tailscale.com/parent-resource": "edge",
    "tailscale.com/parent-resource-ns": "traefik",
    "tailscale.com/parent-resource-type": "ingress",
  });
  expect(Object.keys(state?.data ?? {})).toEqual(["device_id", "device_fqdn", `${FQDN}.crt`]);
  const certificate = new X509Certificate(Buffer.from(state?.data?.[`${FQDN}.crt`] ?? "", "base64"));
  expect(certificate.subjectAltName).toBe(`DNS:${FQDN}`);
  const days = (certificate.validToDate.getTime() - Date.now()) / (24 * 60 * 60_000);
  expect(Math.floor(days)).toBe(60);
});

test.each([
  ["no name is published", () => worldWith(undefined)],
  ["another name is published", () => worldWith("edge-1.tail1234.ts.net")],
  [
    "none was issued",
    () => {
      const world = worldWith(FQDN);
      proxyCertificates(world).set(FQDN, "not issued");
      return world;
    },
  ],
])("a proxy's state has no certificate if %s", async (_, world) => {
  const states = await proxyStates(world());
  expect(states.map(({ data = {} }) => Object.keys(data))).toEqual([["device_id", "device_fqdn"]]);
});
