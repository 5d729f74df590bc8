import { beforeEach, expect, test } from "vitest";
import { events } from "../../../../../sandbox/providers/kubernetes/api-server/events.ts";
import type { KubernetesObject } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { SeededCluster } from "../seeded-cluster.ts";
import { policy } from "./group-objects.ts";

let cluster: SeededCluster;

beforeEach(() => {
  cluster = new SeededCluster({ tailnet: "tail1234.ts.net" });
  cluster.withOperator(policy({}));
});

const dnsConfig = (name: string, clusterIP?: string): KubernetesObject => ({
  apiVersion: "tailscale.com/v1alpha1",
  kind: "DNSConfig",
  metadata: { name },
  spec: { nameserver: { ...(clusterIP !== undefined && { service: { clusterIP } }) } },
});
const readyAt = (ip: string) => ({
  conditions: [{ type: "NameserverReady", status: "True", reason: "NameserverCreated" }],
  nameserver: { ip },
});

test("a nameserver has the address that its DNSConfig asks for, and keeps it", () => {
  cluster.put(dnsConfig("one", "10.96.0.53"));
  const status = readyAt("10.96.0.53");
  expect(cluster.statusOf("DNSConfig one")).toEqual(status);
  cluster.put({ ...dnsConfig("one", "10.96.0.54"), status });
  expect(cluster.statusOf("DNSConfig one")).toEqual(status);
});

test("a second DNSConfig is ready too, at the address of the first one", () => {
  cluster.put(dnsConfig("one"));
  cluster.put(dnsConfig("two", "10.96.0.53"));
  expect(["one", "two"].map((name) => cluster.statusOf(`DNSConfig ${name}`))).toEqual([
    readyAt("10.43.0.53"),
    readyAt("10.43.0.53"),
  ]);
  expect(events(cluster).get("DNSConfig two")).toMatch(/^Multiple DNSConfig resources found/);
  cluster.remove("DNSConfig two");
  cluster.put(dnsConfig("one"));
  expect(events(cluster).get("DNSConfig one")).toBeUndefined();
});
