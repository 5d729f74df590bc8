import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Ajv } from "ajv";
import formats from "ajv-formats";
import { expect, test } from "vitest";
import { stackFileSchema } from "../../../stacks/config/json-schema.ts";
import { ozilab, PROJECT_FOLDER } from "../../support/stack-config.ts";
import { FIELD_MISTAKES } from "./bad-configs.ts";

const ajv = new Ajv({ strict: true });
formats.default(ajv);
const accepts = ajv.compile(stackFileSchema());

test("stacks/schema.json is up to date: if this fails, run make schema", () => {
  const file: unknown = JSON.parse(readFileSync(resolve(PROJECT_FOLDER, "stacks/schema.json"), "utf8"));
  expect(file).toEqual(stackFileSchema());
});

test("the stack's file refers to it in its first line", () => {
  const [first] = readFileSync(resolve(PROJECT_FOLDER, "Pulumi.ozilab.yaml"), "utf8").split("\n");
  expect(first).toBe("# yaml-language-server: $schema=stacks/schema.json");
});

test.each([
  ["the stack ozilab", {}],
  ["no public edge", { publicEdge: undefined }],
  [
    "every via",
    {
      "publicEdge.hostnames": [
        "example.com",
        { host: "a.example.com" },
        { host: "b.example.com", via: "cname-only" },
        { host: "c.example.com", via: { cname: "id.cfargotunnel.com" } },
      ],
    },
  ],
  [
    "an existing credential",
    {
      "operator.credential": { kind: "existing" },
      "tailnet-edge:operatorClientId": { secure: "v1:a" },
      "tailnet-edge:operatorClientSecret": { secure: "v1:b" },
    },
  ],
  ["a federated credential", { "operator.credential": { kind: "federated", issuer: "https://a.com/b" } }],
  ["a chart from a registry", { "operator.chart": "oci://registry.example.com/charts/tailscale-operator" }],
  ["a prerelease", { "operator.chartVersion": "1.98.0-rc.1" }],
  [
    "the providers' keys",
    {
      "tailscale:oauthClientSecret": { secure: "v1:a" },
      "cloudflare:baseUrl": "https://cloudflare.example.com",
      "kubernetes:kubeconfig": "~/.kube/config",
    },
  ],
])("editors accept %s", (_, changes) => {
  expect([accepts({ config: ozilab(changes) }), accepts.errors]).toEqual([true, null]);
});

test.each(FIELD_MISTAKES)("editors reject %s", (_, { config }) => {
  expect(accepts({ config })).toBe(false);
});

test("editors reject a file without a configuration", () => {
  expect(accepts({})).toBe(false);
});
