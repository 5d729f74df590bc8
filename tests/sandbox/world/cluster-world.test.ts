import { expect, test } from "vitest";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { changeTailnet, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { clusters, worldOfCluster } from "../../../sandbox/world/cluster-world.ts";
import { MemoryWorld } from "../../../sandbox/world/world.ts";

const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "here" } };

test("gives each stack a cluster of its own, the tailnet that it names, and the shared Cloudflare account", () => {
  const world = new MemoryWorld();
  const one = worldOfCluster(world, "one", "a.ts.net");
  const beside = worldOfCluster(world, "beside", "a.ts.net");
  const apart = worldOfCluster(world, "apart", "b.ts.net");
  objects(one).set("Namespace here", namespace);
  changeTailnet(one, { policy: "{}" });
  zones(one).set("z", { id: "z", name: "example.com", accountId: "acc", plan: "free" });

  const seen = [one, beside, apart].map((each) => [
    objects(each).size,
    tailnet(each).policy === "{}",
    zones(each).size,
  ]);
  expect(seen).toEqual([
    [1, true, 1],
    [0, true, 1],
    [0, false, 1],
  ]);
  expect(clusters(world).toJSON()).toEqual({ one: "a.ts.net", beside: "a.ts.net", apart: "b.ts.net" });
});

test("reports changes of a stack's own tables under the names that the stack uses", () => {
  const world = new MemoryWorld();
  const one = worldOfCluster(world, "one", "a.ts.net");
  worldOfCluster(world, "apart", "b.ts.net").onChange((changed) => {
    expect([...changed].sort()).toEqual([
      "clusters",
      "kubernetes(one).objects",
      "tailscale(a.ts.net).tailnet",
    ]);
  });
  const heard: string[][] = [];
  one.onChange((changed) => heard.push([...changed].sort()));
  objects(one).set("Namespace here", namespace);
  changeTailnet(one, { policy: "{}" });
  one.commit();
  expect(heard).toEqual([["clusters", "kubernetes.objects", "tailscale.tailnet"]]);
});
