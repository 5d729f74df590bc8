import { describe, expect, test } from "vitest";
import { configSchema } from "../../../../stacks/config/config-schema.ts";
import { issuesFromZod } from "../../../../stacks/config/issue-from-zod.ts";
import { service } from "../../../support/private-stack.ts";
import { type FileConfig, issuesOf, ozilab, stackConfig } from "../../../support/stack-config.ts";

type Changes = Readonly<Record<string, unknown>>;

/** The paths of all issues, without the namespace. */
const pathsOf = async (changes: Changes) =>
  (await issuesOf(ozilab(changes))).map(({ path }) => path.replace("tailnet-edge:", ""));

const clients = { allowFrom: ["autogroup:member"] };
const app = (changes: object = {}) => service({ ...clients, ...changes });
const legacyDatabase = {
  ...{
    service: "db-external",
    address: "192.168.1.241",
    ports: [5432],
    selector: { cluster: "db", role: "master" },
  },
};
const database = (changes: object = {}, legacy: object = {}) =>
  app({
    ...{ name: "db", kind: "loadBalancer", ports: [5432], selector: { cluster: "db" }, phase: "coexist" },
    legacy: { loadBalancer: { ...legacyDatabase, ...legacy } },
    ...changes,
  });

describe("a rule reports beside an invalid field that it does not read", () => {
  const twice = ["app.example.com", "app.example.com"];
  test.each([
    [
      "a fraction for a whole number",
      { "operator.credential.serial": 1.5, "publicEdge.hostnames": twice },
      "operator.credential.serial",
      "publicEdge.hostnames[1]",
    ],
    [
      "an unknown key at the top",
      { zones: [], "publicEdge.hostnames": twice },
      "zones",
      "publicEdge.hostnames[1]",
    ],
    [
      "the via of a repeated hostname",
      { "publicEdge.hostnames": ["app.example.com", { host: "app.example.com", via: "tunnel" }] },
      "publicEdge.hostnames[1].via",
      "publicEdge.hostnames[1]",
    ],
    [
      "another entry of the list",
      { "publicEdge.hostnames": [...twice, "*.example.com", "app.example.org"] },
      "publicEdge.hostnames[2]",
      "publicEdge.hostnames[1]",
      "publicEdge.hostnames[3]",
    ],
    [
      "the operator's credential, and a device's name",
      { "operator.credential": {}, "operator.hostname": "ozilab-edge" },
      "operator.credential.kind",
      "publicEdge.funnel.hostname",
    ],
    [
      "a port, and a namespace",
      { "publicEdge.funnel.backend": { namespace: "tailscale", service: "traefik", port: 0 } },
      "publicEdge.funnel.backend.port",
      "operator.namespace",
    ],
    [
      "a legacy address, and a selector",
      { privateServices: [database({}, { address: "db" })] },
      "privateServices[0].legacy.loadBalancer.address",
      "privateServices[0].selector",
    ],
    [
      "one label of a selector",
      { privateServices: [database({ selector: { cluster: 7 } })] },
      "privateServices[0].selector.cluster",
      "privateServices[0].selector",
    ],
    [
      "a port beside one that two services share",
      {
        privateServices: [
          database({ ports: [5432, { port: 0, targetPort: 1 }], legacy: undefined, phase: "tailnet" }),
          app({ name: "b", kind: "annotation", service: "b", ports: [5432], allowFrom: ["group:dba"] }),
        ],
      },
      "privateServices[0].ports[1].port",
      "privateServices[1].allowFrom",
    ],
    [
      "a service of an unknown kind",
      { privateServices: [app({ kind: "nodePort" }), app({ phase: "coexist" })] },
      "privateServices[0].kind",
      "privateServices[1].phase",
    ],
  ])("%s", async (_, changes: Changes, ...paths: readonly string[]) => {
    expect(await pathsOf(changes)).toEqual(paths);
  });
});

describe("a rule says nothing where a field that it reads is invalid", () => {
  test.each([
    ["a zone", { "publicEdge.zones": ["example.net."] }, "publicEdge.zones[0]"],
    [
      "two hostnames",
      { "publicEdge.hostnames": ["*.a.com", "*.a.com"] },
      "publicEdge.hostnames[0]",
      "publicEdge.hostnames[1]",
    ],
    [
      "a hostname that is its own target",
      { "publicEdge.hostnames.0": { host: "a.ts.net", via: { cname: "a.ts.net" } } },
      "publicEdge.hostnames[0].host",
      "publicEdge.hostnames[0].via.cname",
    ],
    [
      "two devices' names",
      { "operator.hostname": "A", "publicEdge.funnel.hostname": "A" },
      "operator.hostname",
      "publicEdge.funnel.hostname",
    ],
    [
      "two namespaces",
      { "operator.namespace": "A", "publicEdge.funnel.backend.namespace": "A" },
      "operator.namespace",
      "publicEdge.funnel.backend.namespace",
    ],
    [
      "a tag",
      { "operator.tag": "k8s", "operator.proxyTags": ["k8s"] },
      "operator.tag",
      "operator.proxyTags[0]",
    ],
    [
      "the kind of a credential that has secrets",
      {
        "operator.credential": { kind: "password" },
        "tailnet-edge:operatorClientId": { secure: "a" },
        "tailnet-edge:operatorClientSecret": { secure: "b" },
      },
      "operator.credential.kind",
    ],
    [
      "a base policy that the policy does not allow, and that is missing",
      { "tailnet.policy": "verified", "tailnet.basePolicy": "none.hujson" },
      "tailnet.basePolicy",
    ],
    [
      "a hostname that falls back to a taken name",
      { privateServices: [app({ name: "ozilab-edge", hostname: "Edge" })] },
      "privateServices[0].hostname",
    ],
    [
      "tags that fall back to shared ones",
      { privateServices: [app({ tags: [], allowFrom: ["group:dba"] })] },
      "privateServices[0].tags",
    ],
    [
      "a misspelled hostname that falls back to a taken name",
      { privateServices: [app({ name: "ozilab-edge", hostnam: "edge" })] },
      "privateServices[0].hostnam",
    ],
    ["an allowFrom", { privateServices: [app({ allowFrom: ["*"] })] }, "privateServices[0].allowFrom[0]"],
    [
      "a legacy exposure",
      { privateServices: [app({ phase: "coexist", legacy: 7 })] },
      "privateServices[0].legacy",
    ],
    [
      "a misspelled legacy exposure",
      { privateServices: [app({ phase: "coexist", legcy: {} })] },
      "privateServices[0].legcy",
    ],
    [
      "a misspelled part of a legacy exposure",
      { privateServices: [app({ phase: "coexist", legacy: { ingres: {} } })] },
      "privateServices[0].legacy.ingres",
    ],
    [
      "a label of a selector",
      { privateServices: [database({ selector: { cluster: 7, role: "master" } })] },
      "privateServices[0].selector.cluster",
    ],
    ["a phase", { privateServices: [app({ phase: "soon" })] }, "privateServices[0].phase"],
    [
      "a misspelled phase",
      {
        privateServices: [
          database({ phse: "tailnet", phase: undefined, selector: legacyDatabase.selector }, { adopt: true }),
        ],
      },
      "privateServices[0].phse",
    ],
    [
      "a backend's auth",
      { privateServices: [app({ backend: { service: "oauth2-proxy", port: 4180, auth: "none" } })] },
      "privateServices[0].backend.auth",
    ],
    [
      "the ProxyGroup that a service refers to",
      { proxyGroups: [{ name: "Shared" }], privateServices: [app({ proxyGroup: "shared" })] },
      "proxyGroups[0].name",
    ],
    [
      "the service that Homepage refers to",
      { privateServices: [app({ name: "Home" })], homepage: { service: "home", deployment: "home" } },
      "privateServices[0].name",
    ],
    [
      "the kind of the service that Homepage refers to",
      { privateServices: [app({ kind: "http" })], homepage: { service: "app", deployment: "home" } },
      "privateServices[0].kind",
    ],
    [
      "a list that is encrypted",
      { privateServices: { secure: "[]" }, homepage: { service: "app", deployment: "home" } },
      "privateServices",
    ],
  ])("%s", async (_, changes: Changes, ...paths: readonly string[]) => {
    expect(await pathsOf(changes)).toEqual(paths);
  });
});

describe.each([
  ["ozilab", ozilab()],
  ["tazlab", stackConfig("tazlab")],
])("in the stack %s", (_, file) => {
  const fields = Object.fromEntries(
    Object.entries(file).map(([key, value]) => [key.replace("tailnet-edge:", ""), value]),
  );
  const twice = { ...fields, proxyGroups: [{ name: "shared" }, { name: "shared" }] };

  test.each(pathsIn(fields).map((path) => [path]))("no value of %j keeps the rules from running", (path) => {
    for (const value of [0.5, -1, 1e300, "", "☃", true, null, [], [0.5], {}, { "": 0.5 }, undefined]) {
      const config = withValue(twice, path, value);
      const { error } = configSchema.safeParse(config);
      const issues = (error?.issues ?? []).flatMap((issue) => issuesFromZod(issue, config));
      expect([value, issues.map((issue) => issue.path)]).toEqual([
        value,
        expect.arrayContaining(["tailnet-edge:proxyGroups[1].name"]) as unknown,
      ]);
    }
  });
});

type Path = readonly (string | number)[];

/** The path of every value in a configuration. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  const parts = typeof value === "object" && value !== null ? Object.entries(value) : [];
  const inner = parts.flatMap(([key, part]) =>
    pathsIn(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

function withValue(config: FileConfig, path: Path, value: unknown): FileConfig {
  const copy = structuredClone(config);
  const parent = path.slice(0, -1).reduce((part, key) => part[key] as FileConfig, copy);
  parent[String(path.at(-1))] = value;
  return copy;
}
