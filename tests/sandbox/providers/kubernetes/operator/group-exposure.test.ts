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

let cluster: SeededCluster;

beforeEach(() => {
  cluster = new SeededCluster({ tailnet: "tail1234.ts.net", pods: [{ namespace: "apps", labels: {} }] });
  cluster.withOperator(policy({ "tag:apps": ["tag:shared"] }));
});

const hostnameOf = (key: string) => {
  const { loadBalancer } = (cluster.statusOf(key) ?? {}) as {
    loadBalancer?: { ingress: { hostname: string }[] };
  };
  return loadBalancer?.ingress[0]?.hostname;
};
const eventOf = (key: string) => events(cluster).get(key);

describe("an Ingress on a group", () => {
  test("becomes a Tailscale Service with its tags and a ts.net name, which is deleted with it", () => {
    cluster.put(group(), ingress("app"));
    expect(vipServices(cluster).values()).toEqual([
      { name: "svc:app", tags: ["tag:apps"], address: "100.96.0.1", owner: "node-1" },
    ]);
    expect(cluster.statusOf("Ingress apps/app")).toEqual({
      loadBalancer: {
        ingress: [{ hostname: "app.tail1234.ts.net", ports: [{ port: 443, protocol: "TCP" }] }],
      },
    });
    expect(objects(cluster).get("Ingress apps/app")?.metadata.finalizers).toEqual([
      "tailscale.com/ingress-pg-finalizer",
    ]);
    cluster.remove("Ingress apps/app");
    cluster.wait();
    expect([vipServices(cluster).size, objects(cluster).has("Ingress apps/app")]).toEqual([0, false]);
  });

  test("releases its old name when it gets another", () => {
    cluster.put(group(), ingress("app"));
    const { metadata } = objects(cluster).get("Ingress apps/app") ?? ingress("app");
    cluster.put({ ...ingress("app", ["web.example.com"]), metadata });
    expect([...vipServices(cluster)].map(([name]) => name)).toEqual(["svc:web"]);
    expect(hostnameOf("Ingress apps/app")).toBe("web.tail1234.ts.net");
  });

  test("waits for its group, and cannot be deleted without it", () => {
    cluster.put(ingress("app"));
    expect(eventOf("Ingress apps/app")).toBe('ProxyGroupNotFound: ProxyGroup "shared" does not exist');
    cluster.put(group());
    expect(hostnameOf("Ingress apps/app")).toBe("app.tail1234.ts.net");
    cluster.remove("ProxyGroup shared");
    cluster.remove("Ingress apps/app");
    expect(objects(cluster).has("Ingress apps/app")).toBe(true);
  });

  test("has no name until its group's devices are approved for it", () => {
    changeTailnet(cluster, { policy: JSON.stringify(policy({ "tag:apps": ["tag:k8s"] })) });
    cluster.put(group(), ingress("app"));
    expect(hostnameOf("Ingress apps/app")).toBeUndefined();
    expect(eventOf("Ingress apps/app")).toContain("devices are not approved to serve");
    expect(incidents(cluster).values()).toEqual([
      "no device serves svc:app: its ProxyGroup's devices are not approved",
    ]);
    changeTailnet(cluster, { policy: JSON.stringify(policy({ "svc:app": ["tag:shared"] })) });
    cluster.commit();
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
    ["a name that is not a DNS label", {}, ingress("app", ["my_app"]), 'invalid hostname "my_app"'],
    [
      "tags that the operator does not own",
      {},
      ingress("app", ["app"], { "tailscale.com/tags": "tag:other" }),
      "[tag:other]",
    ],
  ])("is rejected with %s", (_what, spec, object, reason) => {
    cluster.put(group(spec), object);
    expect(eventOf("Ingress apps/app")).toContain(reason);
    expect([hostnameOf("Ingress apps/app"), vipServices(cluster).size]).toEqual([undefined, 0]);
  });

  test("cannot have the name of another Ingress, a device or a service of others", () => {
    cluster.put(group(), ingress("app"), ingress("again", ["app"]));
    expect(eventOf("Ingress apps/again")).toContain('found duplicate Ingress for hostname "app"');
    joinDevice(cluster, { name: "taken", tags: [], owner: "a laptop" });
    vipServices(cluster).set("svc:foreign", { name: "svc:foreign", tags: [], address: "100.96.9.9" });
    cluster.put(ingress("taken"), ingress("foreign"));
    expect(eventOf("Ingress apps/taken")).toContain("the name is that of a device");
    expect(eventOf("Ingress apps/foreign")).toContain(
      "InvalidTailscaleService: Tailscale Service svc:foreign exists",
    );
    cluster.remove("Ingress apps/foreign");
    expect(vipServices(cluster).has("svc:foreign")).toBe(true);
  });

  test("needs HTTPS in the tailnet and the scope services", () => {
    changeTailnet(cluster, { settings: { httpsEnabled: false } });
    cluster.put(group(), ingress("app"));
    expect(eventOf("Ingress apps/app")).toContain("HTTPSNotEnabled");
    const good = credentials(cluster).get("good");
    if (good) credentials(cluster).set("good", { ...good, scopes: ["auth_keys", "devices:core"] });
    cluster.put(ingress("late"));
    expect(eventOf("Ingress apps/late")).toContain("PUT /tailnet/-/vip-services/svc:late: 404 not found");
  });
});

test("an object stays, with the reason, until the credential may delete its service or devices", () => {
  const grant = (scopes: readonly string[]) => {
    const good = credentials(cluster).get("good");
    if (good) credentials(cluster).set("good", { ...good, scopes });
    cluster.commit();
  };
  cluster.put(group(), ingress("app"));
  grant([]);
  cluster.remove("Ingress apps/app");
  cluster.wait();
  expect(eventOf("Ingress apps/app")).toBe("DELETE /tailnet/-/vip-services/svc:app: 404 not found");
  cluster.remove("ProxyGroup shared");
  cluster.wait();
  expect(eventOf("ProxyGroup shared")).toBe("DELETE /device/node-2: 403 forbidden");
  grant(["devices:core", "services"]);
  expect([objects(cluster).has("Ingress apps/app"), objects(cluster).has("ProxyGroup shared")]).toEqual([
    false,
    false,
  ]);
  expect([vipServices(cluster).size, devices(cluster).size]).toEqual([0, 1]);
});

describe("a Service on a group", () => {
  test("gets its annotation's name and the Tailscale Service's address, although nothing serves it", () => {
    cluster.put(group(), database({ "tailscale.com/hostname": "tazlab-db" }));
    expect(cluster.statusOf("Service apps/db")).toEqual({
      loadBalancer: { ingress: [{ hostname: "tazlab-db.tail1234.ts.net", ip: "100.96.0.1" }] },
    });
    // Nothing in the cluster shows it.
    expect(incidents(cluster).values()).toEqual([
      "no device serves svc:tazlab-db: its ProxyGroup's devices have no configuration for it",
    ]);
    // It takes the operator two reconciles.
    cluster.remove("Service apps/db");
    expect([vipServices(cluster).size, objects(cluster).has("Service apps/db")]).toEqual([1, true]);
    cluster.wait();
    expect([vipServices(cluster).size, objects(cluster).has("Service apps/db")]).toEqual([0, false]);
  });

  test("keeps its status if only annotated, and is not served if headless", () => {
    const exposed = { "tailscale.com/expose": "true" };
    cluster.put(group(), database(exposed, { type: "ClusterIP", loadBalancerClass: undefined }));
    expect(cluster.statusOf("Service apps/db")).toBeUndefined();
    expect([...vipServices(cluster)].map(([name]) => name)).toEqual(["svc:apps-db"]);
    const { metadata } = objects(cluster).get("Service apps/db") ?? database();
    cluster.put({ ...database(exposed, { clusterIP: "None" }), metadata });
    cluster.wait();
    expect(vipServices(cluster).size).toBe(0);
  });
});
