import { beforeEach, expect, test } from "vitest";
import { events } from "../../../../sandbox/providers/kubernetes/api-server/events.ts";
import type { KubernetesObject } from "../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { SeededCluster } from "./seeded-cluster.ts";

const service = (name: string, address?: string, spec: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: {
    name,
    namespace: "apps",
    ...(address !== undefined && { annotations: { "metallb.io/loadBalancerIPs": address } }),
  },
  spec: { type: "LoadBalancer", ports: [{ port: 80 }], ...spec },
});

let world: SeededCluster;

beforeEach(() => {
  world = new SeededCluster({ addressPool: "192.168.1.240-192.168.1.242" });
});

const given = (name: string) => {
  const { loadBalancer } = (world.statusOf(`Service apps/${name}`) ?? {}) as {
    loadBalancer?: { ingress: readonly { ip: string }[] };
  };
  return loadBalancer?.ingress.map(({ ip }) => ip).join();
};
const why = (name: string) => events(world).get(`Service apps/${name}`);

test("a Service gets the address that it asks for, any other the next free one", () => {
  world.put(service("asks", "192.168.1.241"), service("one"), service("two"));
  expect(["asks", "one", "two"].map(given)).toEqual(["192.168.1.241", "192.168.1.240", "192.168.1.242"]);
});

test("an exhausted pool says so, and serves whoever waits once there is an address again", () => {
  world.put(service("a"), service("b"), service("c"), service("d"));
  expect([given("d"), why("d")]).toEqual([
    undefined,
    "AllocationFailed: Failed to allocate IP: no available IPs",
  ]);
  world.remove("Service apps/b");
  world.put(service("d"));
  expect([given("d"), why("d")]).toEqual(["192.168.1.241", undefined]);
});

test.each([
  ["192.168.1.239", '["192.168.1.239"] is not allowed in config'],
  ["192.168.1.240", "can't change sharing key, address also in use by others: 192.168.1.240"],
])("the address %s outside the pool or in use is refused", (address, reason) => {
  world.put(service("first", "192.168.1.240"), service("second", address));
  expect([given("second"), why("second")]).toEqual([
    undefined,
    `AllocationFailed: Failed to allocate IP: ${reason}`,
  ]);
});

test("a ClusterIP gives its address back, and another address is another", () => {
  world.put(service("web", "192.168.1.240"));
  const status = { loadBalancer: { ingress: [{ ip: "192.168.1.240" }] } };
  world.put({ ...service("web", "192.168.1.242"), status });
  expect(given("web")).toBe("192.168.1.242");
  world.put(
    { ...service("web", undefined, { type: "ClusterIP" }), status },
    service("next", "192.168.1.240"),
  );
  expect([world.statusOf("Service apps/web"), given("next")]).toEqual([{}, "192.168.1.240"]);
});

test("a Service of another class is left to that, its status too", () => {
  const status = { loadBalancer: { ingress: [{ ip: "100.64.0.1" }] } };
  world.put({ ...service("tailnet", undefined, { loadBalancerClass: "tailscale" }), status });
  expect(world.statusOf("Service apps/tailnet")).toEqual(status);
});

test("without MetalLB nothing gets an address", () => {
  world = new SeededCluster();
  world.put(service("web", "192.168.1.240"));
  expect([given("web"), why("web")]).toEqual([undefined, undefined]);
});
