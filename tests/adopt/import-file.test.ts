import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { existing } from "../../adopt/finding.ts";
import { importFile } from "../../adopt/import-file.ts";
import { IMPORT_FORMS, importId } from "../../adopt/import-ids.ts";
import { publicEdge, recordStack } from "../support/record-stack.ts";
import { resource } from "../support/recorded-resource.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const urn = (type: string, name: string) => `urn:pulumi:one::project::${type}::${name}`;
const STACK = resource(urn("pulumi:pulumi:Stack", "project-one"), undefined);
const FUNNEL = resource(urn("tailnet-edge:exposure:FunnelIngress", "funnel"), STACK.urn);
const INGRESS = resource(urn("kubernetes:networking.k8s.io/v1:Ingress", "funnel"), FUNNEL.urn);
const OTHER = resource(urn("tailnet-edge:operator:Operator", "operator"), STACK.urn);
const NAMESPACE = resource(urn("kubernetes:core/v1:Namespace", "namespace"), OTHER.urn);
const ALL = [STACK, FUNNEL, OTHER, INGRESS, NAMESPACE];
const FOUND = [
  existing(INGRESS, "Ingress", "traefik/funnel", []),
  existing(NAMESPACE, "Namespace", undefined, []),
];

test("has each resource with its parents, under unique names, with the provider's version", () => {
  expect(importFile(ALL, FOUND, new Set(), { kubernetes: "4.34.2" })).toEqual({
    resources: [
      { type: FUNNEL.type, name: "funnel", component: true },
      {
        type: INGRESS.type,
        name: "funnel-Ingress",
        logicalName: "funnel",
        parent: "funnel",
        id: "traefik/funnel",
        version: "4.34.2",
      },
    ],
  });
});

test("leaves out what the state has", () => {
  expect(importFile(ALL, FOUND, new Set([INGRESS.urn]), {})).toEqual({ resources: [] });
});

test("an ID needs a value for each placeholder", () => {
  const type = "cloudflare:index/dnsRecord:DnsRecord";
  expect(importId(type, { "zone ID": "z", ID: "r" })).toBe("z/r");
  expect(() => importId(type, { ID: "r" })).toThrow(
    "the import ID of cloudflare:index/dnsRecord:DnsRecord needs zone ID",
  );
  expect(importId("tailscale:index/oauthClient:OauthClient", {})).toBeUndefined();
});

const LOCKED = { publicEdge: { ...publicEdge(["app.example.com"]), originLock: true } };

test.each([
  ["ozilab", "ozilab", {}],
  ["tazlab", "tazlab", {}],
  ["ozilab with an origin lock", "ozilab", LOCKED],
])("every resource type of %s has a form of its ID", async (_, stack, config) => {
  const { resources } = await recordStack(stack, { config });
  const types = resources
    .map(({ type }) => type)
    .filter((type) => !/^(pulumi|tailnet-edge|object-fields):|Patch$/.test(type));
  expect(types.length).toBeGreaterThan(5);
  expect(types.includes("random:index/randomBytes:RandomBytes")).toBe(config === LOCKED);
  expect(types.filter((type) => !(type in IMPORT_FORMS))).toEqual([]);
});

test("docs/adopting.md has the same table", () => {
  const page = readFileSync(join(PROJECT_FOLDER, "docs/adopting.md"), "utf8");
  const rows = [...page.matchAll(/^\| `([^`]+)` +\| (.*?) +\|$/gm)].map(([, type, cell]) => [type, cell]);
  const forms = Object.entries(IMPORT_FORMS).map(([type, { id, instead }]) => [
    type,
    id === undefined ? `none: ${instead ?? ""}` : `\`${id}\``,
  ]);
  expect(rows).toEqual(forms);
});
