import { beforeEach, describe, expect, test } from "vitest";
import { events } from "../../../../../sandbox/providers/kubernetes/api-server/events.ts";
import { objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { devices } from "../../../../../sandbox/providers/tailscale/tailnet.ts";
import { SeededCluster } from "../seeded-cluster.ts";
import { group, ingress, policy } from "./group-objects.ts";

let cluster: SeededCluster;

beforeEach(() => {
  cluster = new SeededCluster({ tailnet: "tail1234.ts.net", pods: [{ namespace: "apps", labels: {} }] });
  cluster.withOperator(policy({ "tag:apps": ["tag:shared"] }));
});

const names = () =>
  devices(cluster)
    .values()
    .map(({ name }) => name);
const conditions = () =>
  (
    cluster.statusOf("ProxyGroup shared") as { conditions: readonly { type: string; status: string }[] }
  ).conditions.map(({ type, status }) => `${type} ${status}`);
const eventOf = (key: string) => events(cluster).get(key);

describe("a group's pods", () => {
  test("are devices with the group's tags, as many as requested, and are removed with it", () => {
    cluster.put(group());
    expect(devices(cluster).values().slice(1)).toEqual(
      ["shared-0", "shared-1"].map((name) => ({
        name,
        tags: ["tag:shared"],
        owner: "proxy ProxyGroup shared",
      })),
    );
    expect(conditions()).toEqual(["ProxyGroupAvailable True", "ProxyGroupReady True"]);
    cluster.put(group({ replicas: 3, hostnamePrefix: "pg" }));
    expect(names()).toEqual(["op", "shared-0", "shared-1", "pg-2"]);
    cluster.put(group({ replicas: 1 }));
    expect(names()).toEqual(["op", "shared-0"]);
    cluster.remove("ProxyGroup shared");
    expect([names(), objects(cluster).has("ProxyGroup shared")]).toEqual([["op", "shared-0"], true]);
    cluster.wait();
    expect([names(), objects(cluster).has("ProxyGroup shared")]).toEqual([["op"], false]);
  });

  test.each([
    [
      "tags that the operator does not own",
      { tags: ["tag:other"] },
      "requested tags [tag:other] are invalid",
    ],
    ["a missing ProxyClass", { proxyClass: "big" }, 'ProxyClass "big" does not (yet) exist'],
  ])("are not created with %s", (_what, spec, reason) => {
    cluster.put(group(spec));
    expect([names(), conditions()[0]]).toEqual([["op"], "ProxyGroupAvailable False"]);
    expect(eventOf("ProxyGroup shared")).toContain(reason);
    cluster.put(ingress("app"));
    expect(eventOf("Ingress apps/app")).toBe('ProxyGroup "shared" is not (yet) ready');
  });

  test("need a namespace that admits privileged pods", () => {
    const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
    cluster.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "tailscale", labels } }, group());
    expect(eventOf("ProxyGroup shared")).toContain('violates PodSecurity "baseline:latest": privileged');
  });
});
