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

let cluster: SeededCluster;

beforeEach(() => {
  cluster = new SeededCluster({ addressPool: "192.168.1.240-192.168.1.242" });
});

const addressOf = (name: string) => {
  const { loadBalancer } = (cluster.statusOf(`Service apps/${name}`) ?? {}) as {
    loadBalancer?: { ingress: readonly { ip: string }[] };
  };
  return loadBalancer?.ingress.map(({ ip }) => ip).join();
};
const eventOf = (name: string) => events(cluster).get(`Service apps/${name}`);

test("a Service gets its requested address or else the next free one", () => {
  cluster.put(service("asks", "192.168.1.241"), service("one"), service("two"));
  expect(["asks", "one", "two"].map(addressOf)).toEqual(["192.168.1.241", "192.168.1.240", "192.168.1.242"]);
});

test("an exhausted pool is reported, and the waiting Service gets an address that becomes free", () => {
  cluster.put(service("a"), service("b"), service("c"), service("d"));
  expect([addressOf("d"), eventOf("d")]).toEqual([
    undefined,
    "AllocationFailed: Failed to allocate IP: no available IPs",
  ]);
  cluster.remove("Service apps/b");
  cluster.put(service("d"));
  expect([addressOf("d"), eventOf("d")]).toEqual(["192.168.1.241", undefined]);
});

test.each([
  ["192.168.1.239", '["192.168.1.239"] is not allowed in config'],
  ["192.168.1.240", "can't change sharing key, address also in use by others: 192.168.1.240"],
])("the address %s is rejected: %s", (address, reason) => {
  cluster.put(service("first", "192.168.1.240"), service("second", address));
  expect([addressOf("second"), eventOf("second")]).toEqual([
    undefined,
    `AllocationFailed: Failed to allocate IP: ${reason}`,
  ]);
});

const shared = (name: string, key: string, port: number): KubernetesObject => ({
  ...service(name, undefined, { ports: [{ port }] }),
  metadata: {
    name,
    namespace: "apps",
    annotations: {
      "metallb.universe.tf/loadBalancerIPs": "192.168.1.240",
      "metallb.io/allow-shared-ip": key,
    },
  },
});

test("Services with one sharing key and different ports share an address", () => {
  cluster.put(shared("a", "web", 80), shared("b", "web", 81), shared("same-port", "web", 80));
  cluster.put(shared("other-key", "db", 82), shared("no-key", "", 83));
  expect(["a", "b", "same-port", "other-key", "no-key"].map(addressOf)).toEqual([
    "192.168.1.240",
    "192.168.1.240",
    undefined,
    undefined,
    undefined,
  ]);
});

test("the new spelling of an annotation counts if it is present, even if it is empty", () => {
  const both = (name: string, value: string) => {
    const { metadata, ...rest } = shared(name, "web", 80);
    const annotations = { ...metadata.annotations, "metallb.io/loadBalancerIPs": value };
    return { ...rest, metadata: { ...metadata, annotations } };
  };
  cluster.put(service("first", "192.168.1.240"), both("new", "192.168.1.242"), both("empty", ""));
  expect(["new", "empty"].map(addressOf)).toEqual(["192.168.1.242", "192.168.1.241"]);
});

test("a Service moves to a newly requested address, and releases it when it becomes a ClusterIP", () => {
  cluster.put(service("web", "192.168.1.240"));
  const status = { loadBalancer: { ingress: [{ ip: "192.168.1.240" }] } };
  cluster.put({ ...service("web", "192.168.1.242"), status });
  expect(addressOf("web")).toBe("192.168.1.242");
  cluster.put(
    { ...service("web", undefined, { type: "ClusterIP" }), status },
    service("next", "192.168.1.240"),
  );
  expect([cluster.statusOf("Service apps/web"), addressOf("next")]).toEqual([{}, "192.168.1.240"]);
});

test("the status of a Service with a load balancer class stays unchanged", () => {
  const status = { loadBalancer: { ingress: [{ ip: "100.64.0.1" }] } };
  cluster.put({ ...service("tailnet", undefined, { loadBalancerClass: "tailscale" }), status });
  expect(cluster.statusOf("Service apps/tailnet")).toEqual(status);
});

test("without MetalLB no Service gets an address", () => {
  cluster = new SeededCluster();
  cluster.put(service("web", "192.168.1.240"));
  expect([addressOf("web"), eventOf("web")]).toEqual([undefined, undefined]);
});
