import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudflareClient } from "../../../live/cloudflare-client.ts";
import { KubernetesClient } from "../../../live/kubernetes-client.ts";
import { ProviderSettings } from "../../../live/provider-settings.ts";
import { TailscaleClient } from "../../../live/tailscale-client.ts";
import { serveApis } from "../../../sandbox/http/server.ts";
import { apiVariables, type Variables } from "../../../sandbox/http/variables.ts";
import { seed } from "../../../sandbox/prerequisites/seed.ts";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import { workerRoutes } from "../../../sandbox/providers/cloudflare/worker.ts";
import { runControllers } from "../../../sandbox/providers/kubernetes/system.ts";
import { changeTailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { putVipService } from "../../../sandbox/providers/tailscale/vip-services.ts";
import { MemoryWorld } from "../../../sandbox/world/world.ts";
import { installVendorOperator } from "../lifecycle/vendor-operator.ts";

const world = new MemoryWorld();
const CLIENT = {
  id: "reader",
  secret: "reader-secret",
  scopes: ["policy_file:read", "auth_keys"],
  tags: ["tag:k8s-operator"],
};
let folder: string;
let variables: Variables;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "reads-"));
  const policy = '{"tagOwners": {"tag:k8s-operator": [], "tag:k8s": ["tag:k8s-operator"]}}';
  changeTailnet(world, { policy, policyIsDefault: false, settings: { httpsEnabled: true } });
  seed(world, {
    zones: [{ name: "example.com", plan: "free" }, { name: "example.org" }],
    oauthClients: [CLIENT],
    objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one", namespace: "apps" } }],
  });
  installVendorOperator(world, { namespace: "tailscale", release: "ts", ingress: "traefik/funnel" });
  runControllers(world);
  variables = apiVariables(await serveApis((_, use) => use(world)), folder, "one");
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const settings = (changed: Variables = {}) =>
  new ProviderSettings({}, [], { values: {} }, { ...variables, ...changed });

describe("Tailscale", () => {
  test("returns devices, keys, settings, DNS preferences and Services", async () => {
    const owner = { id: "o", description: "", scopes: ["services"], tags: ["tag:k8s-operator"] };
    putVipService(world, owner, { name: "svc:home", tags: ["tag:k8s"] });
    const client = TailscaleClient.fromSettings(settings());
    expect(await client.devices()).toMatchObject([
      {
        name: "tailscale-operator.tail1234.ts.net",
        hostname: "tailscale-operator",
        addresses: ["100.64.0.2"],
        tags: ["tag:k8s-operator"],
        connectedToControl: true,
      },
    ]);
    expect(await client.keys()).toMatchObject([
      { id: "reader", keyType: "client", scopes: CLIENT.scopes, tags: CLIENT.tags },
      { id: "vendor", keyType: "client" },
    ]);
    expect(await client.settings()).toEqual({ httpsEnabled: true });
    expect(await client.magicDns()).toBe(true);
    expect(await client.vipServices()).toMatchObject([{ name: "svc:home", addrs: ["100.96.0.1"] }]);
  });

  test("gives an OAuth client what its scopes allow", async () => {
    const asClient = (secret: string) =>
      TailscaleClient.fromSettings(
        settings({ TAILSCALE_OAUTH_CLIENT_ID: CLIENT.id, TAILSCALE_OAUTH_CLIENT_SECRET: secret }),
      );
    const client = asClient(CLIENT.secret);
    expect(await client.grantedScopes()).toEqual(CLIENT.scopes);
    expect((await client.policy()).hujson).toContain("tagOwners");
    await expect(client.devices()).rejects.toMatchObject({ reason: "denied", status: 403 });
    await expect(asClient("wrong").policy()).rejects.toMatchObject({ reason: "denied", status: 401 });
  });
});

describe("Cloudflare", () => {
  test("returns zones, records of a name, Workers and routes", async () => {
    const client = await CloudflareClient.fromSettings(settings());
    const zone = await client.zone("example.com");
    expect(zone).toMatchObject({ name: "example.com", plan: { legacy_id: "free" } });
    const { id: zoneId = "", account } = zone ?? {};
    const record = { zoneId, type: "CNAME", ttl: 1, proxied: true, content: "target.example" } as const;
    records(world, zoneId).set("r1", { ...record, name: "app.example.com" });
    records(world, zoneId).set("r2", { ...record, name: "www.example.com" });
    expect(await client.records(zoneId, "app.example.com")).toMatchObject([
      { id: "r1", name: "app.example.com", content: "target.example", proxied: true, ttl: 1 },
    ]);
    const accountId = account?.id ?? "";
    workerScripts(world).set("edge", { accountId, scriptName: "edge" });
    workerScripts(world).set("other", { accountId: "other", scriptName: "other" });
    workerRoutes(world).set("route", { zoneId, pattern: "app.example.com/*", script: "edge" });
    workerRoutes(world).set("foreign", { zoneId: "other", pattern: "www.example.org/*" });
    expect(await client.workerScripts(accountId)).toEqual(["edge"]);
    expect(await client.workerRoutes(zoneId)).toEqual([
      { id: "route", pattern: "app.example.com/*", script: "edge" },
    ]);
    await expect(client.records("0".repeat(32), "app.example.com")).rejects.toMatchObject({ status: 404 });
  });
});

describe("Kubernetes", () => {
  test("returns objects of built-in and custom kinds, and undefined for what does not exist", async () => {
    const client = await KubernetesClient.fromSettings(settings());
    const configMap = await client.read("v1", "ConfigMap", { namespace: "apps", name: "one" });
    expect(configMap).toMatchObject({ kind: "ConfigMap", metadata: { name: "one", namespace: "apps" } });
    expect(await client.read("v1", "ConfigMap", { namespace: "apps", name: "two" })).toBeUndefined();
    expect(await client.read("v1", "Namespace", { name: "apps" })).toMatchObject({ kind: "Namespace" });
    expect(await client.list("tailscale.com/v1alpha1", "DNSConfig")).toEqual([]);
    expect(await client.list("example.com/v1", "Widget")).toBeUndefined();
    const ingresses = await client.list("networking.k8s.io/v1", "Ingress", { namespace: "traefik" });
    expect(ingresses).toMatchObject([{ kind: "Ingress", metadata: { name: "funnel" } }]);
    expect(await client.list("networking.k8s.io/v1", "Ingress", { namespace: "apps" })).toEqual([]);
  });

  test("returns Helm's record of a release, with the manager of its objects", async () => {
    const client = await KubernetesClient.fromSettings(settings());
    const [record] =
      (await client.list("v1", "Secret", { labelSelector: "owner=helm,status in (deployed)" })) ?? [];
    expect(record?.metadata.labels).toEqual({ name: "ts", owner: "helm", status: "deployed", version: "1" });
    const { release } = record?.["data"] as { release: string };
    const stored = gunzipSync(Buffer.from(Buffer.from(release, "base64").toString(), "base64")).toString();
    expect(JSON.parse(stored)).toMatchObject({ name: "ts", namespace: "tailscale", version: 1 });
    const others = (await client.list("v1", "Secret", { labelSelector: "owner!=helm" })) ?? [];
    expect(others.map(({ metadata }) => metadata.name)).toContain("operator-oauth");
    expect(others).not.toContainEqual(record);

    const place = { namespace: "tailscale", name: "operator" };
    const { metadata } = (await client.read("apps/v1", "Deployment", place)) ?? {};
    expect(metadata?.managedFields).toMatchObject([
      {
        manager: "helm",
        fieldsV1: { "f:spec": { "f:template": { "f:spec": expect.anything() as object } } },
      },
    ]);
  });

  test("returns the operator's pod and the events of an object", async () => {
    const client = await KubernetesClient.fromSettings(settings());
    expect(await client.list("v1", "Pod", { namespace: "tailscale" })).toMatchObject([
      { status: { phase: "Running", containerStatuses: [{ ready: true }] } },
    ]);
    expect(await client.list("v1", "Event")).toMatchObject([
      {
        involvedObject: { kind: "Ingress", name: "funnel", namespace: "traefik" },
        message: "NoValidBackends: no valid backends",
      },
    ]);
  });
});
