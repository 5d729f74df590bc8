import { beforeEach, describe, expect, test } from "vitest";
import { incidents } from "../../../../../sandbox/providers/incidents.ts";
import { events } from "../../../../../sandbox/providers/kubernetes/api-server/events.ts";
import { objects } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";
import {
  changeTailnet,
  credentials,
  devices,
  joinDevice,
} from "../../../../../sandbox/providers/tailscale/tailnet.ts";
import { vipServices } from "../../../../../sandbox/providers/tailscale/vip-services.ts";
import { SeededCluster } from "../seeded-cluster.ts";
import { database, group, ingress, policy } from "./group-objects.ts";

let world: SeededCluster;

beforeEach(() => {
  world = new SeededCluster({ tailnet: "tail1234.ts.net", pods: [{ namespace: "apps", labels: {} }] });
  world.withOperator(policy({ "tag:apps": ["tag:shared"] }));
});

const hostnameOf = (key: string) => {
  const { loadBalancer } = (world.statusOf(key) ?? {}) as {
    loadBalancer?: { ingress: { hostname: string }[] };
  };
  return loadBalancer?.ingress[0]?.hostname;
};
const why = (key: string) => events(world).get(key);

describe("an Ingress on a group", () => {
  test("becomes a Tailscale Service with its tags and a ts.net name, and takes it away when it goes", () => {
    world.put(group(), ingress("app"));
    expect(vipServices(world).values()).toEqual([
      { name: "svc:app", tags: ["tag:apps"], address: "100.96.0.1", owner: "node-1" },
    ]);
    expect(world.statusOf("Ingress apps/app")).toEqual({
      loadBalancer: {
        ingress: [{ hostname: "app.tail1234.ts.net", ports: [{ port: 443, protocol: "TCP" }] }],
      },
    });
    expect(objects(world).get("Ingress apps/app")?.metadata.finalizers).toEqual([
      "tailscale.com/ingress-pg-finalizer",
    ]);
    world.remove("Ingress apps/app");
    expect([vipServices(world).size, objects(world).has("Ingress apps/app")]).toEqual([0, false]);
  });

  test("that gets another name lets go of the one before", () => {
    world.put(group(), ingress("app"));
    const { metadata } = objects(world).get("Ingress apps/app") ?? ingress("app");
    world.put({ ...ingress("app", ["web.example.com"]), metadata });
    expect([...vipServices(world)].map(([name]) => name)).toEqual(["svc:web"]);
    expect(hostnameOf("Ingress apps/app")).toBe("web.tail1234.ts.net");
  });

  test("waits for its group, and is left in place without it", () => {
    world.put(ingress("app"));
    expect(why("Ingress apps/app")).toBe('ProxyGroupNotFound: ProxyGroup "shared" does not exist');
    world.put(group());
    expect(hostnameOf("Ingress apps/app")).toBe("app.tail1234.ts.net");
    world.remove("ProxyGroup shared");
    world.remove("Ingress apps/app");
    expect(objects(world).has("Ingress apps/app")).toBe(true);
  });

  test("has no name before its group's devices are approved, by its tag or by its name", () => {
    changeTailnet(world, { policy: JSON.stringify(policy({ "tag:apps": ["tag:k8s"] })) });
    world.put(group(), ingress("app"));
    expect(hostnameOf("Ingress apps/app")).toBeUndefined();
    expect(why("Ingress apps/app")).toContain("devices are not approved to serve");
    changeTailnet(world, { policy: JSON.stringify(policy({ "svc:app": ["tag:shared"] })) });
    world.commit();
    expect(hostnameOf("Ingress apps/app")).toBe("app.tail1234.ts.net");
  });

  test.each([
    [
      "another type of group",
      { type: "egress" },
      ingress("app"),
      'is of type "egress" but must be of type "ingress"',
    ],
    [
      "two hosts",
      {},
      ingress("app", ["app", "web"]),
      "only a single TLS entry with a single host is allowed",
    ],
    ["a name that is no label", {}, ingress("app", ["my_app"]), 'invalid hostname "my_app"'],
    [
      "tags that are not the operator's",
      {},
      ingress("app", ["app"], { "tailscale.com/tags": "tag:other" }),
      "[tag:other]",
    ],
  ])("is refused with %s", (_what, spec, object, reason) => {
    world.put(group(spec), object);
    expect(why("Ingress apps/app")).toContain(reason);
    expect([hostnameOf("Ingress apps/app"), vipServices(world).size]).toEqual([undefined, 0]);
  });

  test("is refused a name that another Ingress, a device or somebody's service has", () => {
    world.put(group(), ingress("app"), ingress("again", ["app"]));
    expect(why("Ingress apps/again")).toContain('found duplicate Ingress for hostname "app"');
    joinDevice(world, { name: "taken", tags: [], owner: "a laptop" });
    vipServices(world).set("svc:foreign", { name: "svc:foreign", tags: [], address: "100.96.9.9" });
    world.put(ingress("taken"), ingress("foreign"));
    expect(why("Ingress apps/taken")).toContain("the name is that of a device");
    expect(why("Ingress apps/foreign")).toContain(
      "InvalidTailscaleService: Tailscale Service svc:foreign exists",
    );
    world.remove("Ingress apps/foreign");
    expect(vipServices(world).has("svc:foreign")).toBe(true);
  });

  test("needs HTTPS in the tailnet and the scope services", () => {
    changeTailnet(world, { settings: { httpsEnabled: false } });
    world.put(group(), ingress("app"));
    expect(why("Ingress apps/app")).toContain("HTTPSNotEnabled");
    const good = credentials(world).get("good");
    if (good) credentials(world).set("good", { ...good, scopes: ["auth_keys", "devices:core"] });
    world.put(ingress("late"));
    expect(why("Ingress apps/late")).toContain("PUT /tailnet/-/vip-services/svc:late: 404 not found");
  });
});

test("what Tailscale refuses to let go stays, with the reason, until it may", () => {
  const grant = (scopes: readonly string[]) => {
    const good = credentials(world).get("good");
    if (good) credentials(world).set("good", { ...good, scopes });
    world.commit();
  };
  world.put(group(), ingress("app"));
  grant([]);
  world.remove("Ingress apps/app");
  expect(why("Ingress apps/app")).toBe("DELETE /tailnet/-/vip-services/svc:app: 404 not found");
  world.remove("ProxyGroup shared");
  expect(why("ProxyGroup shared")).toBe("DELETE /device/node-2: 403 forbidden");
  grant(["devices:core", "services"]);
  expect([objects(world).has("Ingress apps/app"), objects(world).has("ProxyGroup shared")]).toEqual([
    false,
    false,
  ]);
  expect([vipServices(world).size, devices(world).size]).toEqual([0, 1]);
});

describe("a Service on a group", () => {
  test("gets the name of its annotation and the address of the Tailscale Service, approved or not", () => {
    changeTailnet(world, { policy: JSON.stringify(policy({})) });
    world.put(group(), database({ "tailscale.com/hostname": "tazlab-db" }));
    expect(world.statusOf("Service apps/db")).toEqual({
      loadBalancer: { ingress: [{ hostname: "tazlab-db.tail1234.ts.net", ip: "100.96.0.1" }] },
    });
    // The operator does not look, so nothing in the cluster tells it.
    expect(incidents(world).values()).toEqual([
      "no device serves svc:tazlab-db: its ProxyGroup's devices are not approved",
    ]);
    world.remove("Service apps/db");
    expect([vipServices(world).size, objects(world).has("Service apps/db")]).toEqual([0, false]);
  });

  test("that is annotated keeps its own status, and one that is headless is not served", () => {
    const exposed = { "tailscale.com/expose": "true" };
    world.put(group(), database(exposed, { type: "ClusterIP", loadBalancerClass: undefined }));
    expect(world.statusOf("Service apps/db")).toBeUndefined();
    expect([...vipServices(world)].map(([name]) => name)).toEqual(["svc:apps-db"]);
    const { metadata } = objects(world).get("Service apps/db") ?? database();
    world.put({ ...database(exposed, { clusterIP: "None" }), metadata });
    expect(vipServices(world).size).toBe(0);
  });
});
