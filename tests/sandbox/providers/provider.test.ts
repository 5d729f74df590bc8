import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudflareSystem } from "../../../sandbox/providers/cloudflare/system.ts";
import { kubernetesSystem } from "../../../sandbox/providers/kubernetes/system.ts";
import { SimulatedProvider } from "../../../sandbox/providers/provider.ts";
import { randomSystem } from "../../../sandbox/providers/random/system.ts";
import { tailscaleSystem } from "../../../sandbox/providers/tailscale/system.ts";
import { asSecret, markSecret, plain } from "../../../sandbox/providers/values.ts";
import { WorldFile } from "../../../sandbox/world/world-file.ts";

let folder: string;
let provider: SimulatedProvider;
const urn = (type: string) => `urn:pulumi:test::inline::${type}::thing`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "provider-"));
  const world = WorldFile.open(join(folder, "world.json"));
  const settings = { enableSecretMutable: true, enableConfigMapMutable: false, projectFolder: folder };
  provider = new SimulatedProvider({
    cloudflare: cloudflareSystem(world),
    kubernetes: kubernetesSystem(world, settings),
    random: randomSystem(),
    tailscale: tailscaleSystem(world),
  });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

const RECORD = { zoneId: "z", name: "a.example.com", type: "CNAME", ttl: 1 };

describe("inputs", () => {
  test.each([
    ["cloudflare:index/dnsRecord:DnsRecord", {}, ["zoneId", "name", "type", "ttl"], "required but missing"],
    ["cloudflare:index/dnsRecord:DnsRecord", { ...RECORD, host: "a" }, ["host"], "unknown property"],
    ["cloudflare:index/ruleset:Ruleset", {}, ["kind", "phase", "name"], "required but missing"],
    [
      "cloudflare:index/ruleset:Ruleset",
      { kind: "zone", phase: "http_request_origin", name: "default" },
      ["zoneId"],
      "required for kind zone but missing",
    ],
    ["tailscale:index/acl:Acl", { acl: "{}", policy: "" }, ["policy"], "unknown property"],
    ["tailscale:index/dnsPreferences:DnsPreferences", {}, ["magicDns"], "required but missing"],
    ["tailscale:index/oauthClient:OauthClient", {}, ["scopes"], "required but missing"],
    ["tailscale:index/tailnetSettings:TailnetSettings", { https: true }, ["https"], "unknown property"],
    ["kubernetes:helm.sh/v3:Release", { name: "x", charts: "x" }, ["chart", "charts"], ""],
    [
      "kubernetes:networking.k8s.io/v1:Ingress",
      { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "x" }, spec: { class: "x" } },
      ["spec.class"],
      "unknown property",
    ],
    ["random:index/randomBytes:RandomBytes", { length: 0 }, ["length"], "at least 1"],
  ])("%s rejects %j at %j", async (type, inputs, properties, reason) => {
    const { failures = [] } = await provider.check(urn(type), {}, inputs);
    expect(failures.map(({ property }) => property)).toEqual(properties);
    for (const failure of failures) expect(failure.reason).toContain(reason);
  });

  test("of a wrong type are rejected with the expected type", async () => {
    const type = "cloudflare:index/dnsRecord:DnsRecord";
    const { failures } = await provider.check(urn(type), {}, { ...RECORD, ttl: "auto" });
    expect(failures).toEqual([
      { property: "ttl", reason: "Invalid input: expected number, received string" },
    ]);
  });

  test("that are unknown are not validated", async () => {
    const type = "cloudflare:index/dnsRecord:DnsRecord";
    const { failures } = await provider.check(
      urn(type),
      {},
      { ...RECORD, ttl: unknownValue, type: unknownValue },
    );
    expect(failures).toEqual([]);
  });

  test("of a type or function that is not simulated are rejected", async () => {
    expect(() => provider.check(urn("cloudflare:index/bucket:Bucket"), {}, {})).toThrow(
      "the sandbox has no resource type cloudflare:index/bucket:Bucket",
    );
    await expect(provider.invoke("tailscale:index/getUser:getUser", {})).rejects.toThrow(
      "the sandbox has no function tailscale:index/getUser:getUser",
    );
  });
});

describe("replacement", () => {
  const object = (kind: string, rest: object) => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "x" },
    ...rest,
  });
  test.each([
    ["cloudflare:index/dnsRecord:DnsRecord", RECORD, { ...RECORD, zoneId: "y" }, ["zoneId"]],
    ["cloudflare:index/dnsRecord:DnsRecord", RECORD, { ...RECORD, name: "b.example.com" }, []],
    ["tailscale:index/oauthClient:OauthClient", { scopes: ["a"] }, { scopes: ["b"], tags: ["c"] }, []],
    ["kubernetes:helm.sh/v3:Release", { chart: "c", name: "a" }, { chart: "c", name: "b" }, ["name"]],
    [
      "kubernetes:core/v1:Secret",
      object("Secret", { stringData: { a: "1" } }),
      object("Secret", { stringData: { a: "2" } }),
      [],
    ],
    [
      "kubernetes:core/v1:ConfigMap",
      object("ConfigMap", { data: { a: "1" } }),
      object("ConfigMap", { data: { a: "2" } }),
      ["data"],
    ],
    [
      "kubernetes:core/v1:Namespace",
      object("Namespace", {}),
      object("Namespace", { metadata: { name: "y" } }),
      ["metadata.name"],
    ],
    [
      "random:index/randomBytes:RandomBytes",
      { length: 1, keepers: { a: "1" } },
      { length: 1, keepers: { a: "2" } },
      ["keepers"],
    ],
  ])("%s from %j to %j: %j", async (type, before, after, replaces) => {
    const diff = await provider.diff("id", urn(type), { ...before, __inputs: before }, after);
    expect(diff).toMatchObject({ changes: true, replaces });
  });

  test("names every property that differs, as providers do", async () => {
    const service = (annotations: object, spec: object) =>
      object("Service", { metadata: { name: "web", annotations }, spec });
    const before = service({ "a/b": "1", gone: "1" }, { ports: [{ port: 80 }], type: "ClusterIP" });
    const after = service(
      { "a/b": "2" },
      { ports: [{ port: 80, name: "web" }, { port: 81 }], type: "ClusterIP" },
    );
    const type = urn("kubernetes:core/v1:Service");
    const { details } = await provider.diff("id", type, { ...before, __inputs: before }, after);
    expect(details).toEqual([
      { path: 'metadata.annotations["a/b"]', kind: "UPDATE" },
      { path: "metadata.annotations.gone", kind: "DELETE" },
      { path: "spec.ports[0].name", kind: "ADD" },
      { path: "spec.ports[1]", kind: "ADD" },
    ]);
  });
});

test("random bytes are secret, have the requested length, and differ each time", async () => {
  const make = async () =>
    (await provider.create(urn("random:index/randomBytes:RandomBytes"), { length: 8 })).outs as object;
  const [one, other] = [plain(await make()), plain(await make())] as [
    Record<string, string>,
    Record<string, string>,
  ];
  expect(one["hex"]).toMatch(/^[0-9a-f]{16}$/);
  expect(Buffer.from(one["base64"] ?? "", "base64").toString("hex")).toBe(one["hex"]);
  expect(one["hex"]).not.toBe(other["hex"]);
  expect(await make()).toMatchObject({ hex: asSecret(expect.any(String)) });
});

test("a value that was secret stays secret when it is read, at the same path and nowhere else", () => {
  const before = { data: { key: asSecret("old"), open: "a" }, list: [asSecret("x"), "y"] };
  expect(markSecret({ data: { key: "new", open: "b" }, list: ["x", "y"] }, before)).toEqual({
    data: { key: asSecret("new"), open: "b" },
    list: [asSecret("x"), "y"],
  });
});
