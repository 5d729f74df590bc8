import { beforeEach, describe, expect, test } from "vitest";
import { events } from "../../../../../sandbox/providers/kubernetes/api-server/events.ts";
import { objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { devices } from "../../../../../sandbox/providers/tailscale/tailnet.ts";
import { SeededCluster } from "../seeded-cluster.ts";
import { group, ingress, policy } from "./group-objects.ts";

let world: SeededCluster;

beforeEach(() => {
  world = new SeededCluster({ tailnet: "tail1234.ts.net", pods: [{ namespace: "apps", labels: {} }] });
  world.withOperator(policy({ "tag:apps": ["tag:shared"] }));
});

const names = () =>
  devices(world)
    .values()
    .map(({ name }) => name);
const conditions = () =>
  (
    world.statusOf("ProxyGroup shared") as { conditions: readonly { type: string; status: string }[] }
  ).conditions.map(({ type, status }) => `${type} ${status}`);
const why = (key: string) => events(world).get(key);

describe("a group's pods", () => {
  test("are devices with the group's tags, as many as asked for, and go with it", () => {
    world.put(group());
    expect(devices(world).values().slice(1)).toEqual(
      ["shared-0", "shared-1"].map((name) => ({
        name,
        tags: ["tag:shared"],
        owner: "proxy ProxyGroup shared",
      })),
    );
    expect(conditions()).toEqual(["ProxyGroupAvailable True", "ProxyGroupReady True"]);
    world.put(group({ replicas: 3, hostnamePrefix: "pg" }));
    expect(names()).toEqual(["op", "shared-0", "shared-1", "pg-2"]);
    world.put(group({ replicas: 1 }));
    expect(names()).toEqual(["op", "shared-0"]);
    world.remove("ProxyGroup shared");
    expect([names(), objects(world).has("ProxyGroup shared")]).toEqual([["op"], false]);
  });

  test.each([
    [
      "tags that the operator does not own",
      { tags: ["tag:other"] },
      "requested tags [tag:other] are invalid",
    ],
    ["a ProxyClass that is not there", { proxyClass: "big" }, 'ProxyClass "big" does not (yet) exist'],
  ])("are not made with %s", (_what, spec, reason) => {
    world.put(group(spec));
    expect([names(), conditions()[0]]).toEqual([["op"], "ProxyGroupAvailable False"]);
    expect(why("ProxyGroup shared")).toContain(reason);
    world.put(ingress("app"));
    expect(why("Ingress apps/app")).toBe('ProxyGroup "shared" is not (yet) ready');
  });

  test("need a namespace that lets privileged pods in", () => {
    const labels = { "pod-security.kubernetes.io/enforce": "baseline" };
    world.put({ apiVersion: "v1", kind: "Namespace", metadata: { name: "tailscale", labels } }, group());
    expect(why("ProxyGroup shared")).toContain('violates PodSecurity "baseline:latest": privileged');
  });
});
