import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import { Secret } from "@pulumi/kubernetes/core/v1/secret.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as pulumi from "@pulumi/pulumi";
import { TailnetSettings } from "@pulumi/tailscale/tailnetSettings.js";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { SECRET } from "../../plan/decode.ts";
import { renderJson } from "../../plan/render-json.ts";
import { renderYaml } from "../../plan/render-yaml.ts";
import { STACK_URN, recordProgram, urnOf } from "../recording.ts";

const recording = await recordProgram(() => {
  const namespace = new Namespace("ns", { metadata: { name: "tailscale" } });
  new Secret("login", {
    metadata: { name: "operator-oauth", namespace: "tailscale" },
    stringData: { id: "hidden-1", key: pulumi.secret("hidden-2") },
  });
  // What is secret and unknown is hidden whole.
  new Secret("unknown", { metadata: { name: "unknown" }, stringData: { uid: namespace.metadata.uid } });
  new Release("release", { chart: "x" }, { dependsOn: namespace });
  new TailnetSettings("settings", { httpsEnabled: true });
  return { url: "https://a", token: pulumi.secret("hidden-3") };
});
const NAMESPACE = urnOf("kubernetes:core/v1:Namespace", "ns");
const LOGIN = urnOf("kubernetes:core/v1:Secret", "login");
const UNKNOWN_SECRET = urnOf("kubernetes:core/v1:Secret", "unknown");

test("the JSON is one document of the promised shape", () => {
  const text = renderJson("test", recording);
  const plan = JSON.parse(text) as { resources: { urn: string; name: string; dependsOn: string[] }[] };
  expect(Object.keys(plan)).toEqual(["stack", "resources", "outputs"]);
  expect(plan).toMatchObject({ stack: "test", outputs: { url: "https://a", token: SECRET } });
  expect(plan.resources.map((one) => Object.keys(one))).toEqual(
    plan.resources.map(() => ["urn", "type", "name", "parent", "dependsOn", "inputs", "secretInputs"]),
  );
  expect(plan.resources.map(({ urn }) => urn).toSorted()).toEqual(
    [
      STACK_URN,
      NAMESPACE,
      LOGIN,
      UNKNOWN_SECRET,
      urnOf("kubernetes:helm.sh/v3:Release", "release"),
      urnOf("tailscale:index/tailnetSettings:TailnetSettings", "settings"),
    ].toSorted(),
  );
  expect(plan.resources[0]).toEqual({
    urn: STACK_URN,
    type: "pulumi:pulumi:Stack",
    name: "tailnet-edge-test",
    parent: null,
    dependsOn: [],
    inputs: {},
    secretInputs: [],
  });
  expect(
    plan.resources
      .filter(({ dependsOn }) => dependsOn.length > 0)
      .map(({ name, dependsOn }) => [name, dependsOn])
      .toSorted(),
  ).toEqual([
    ["release", [NAMESPACE]],
    ["unknown", [NAMESPACE]],
  ]);
  expect(plan.resources.filter(({ urn }) => urn === LOGIN)).toMatchObject([
    { secretInputs: ["stringData.id", "stringData.key"] },
  ]);
  expect(text).not.toContain("hidden-");
});

test("the YAML is a document for each Kubernetes object, and none for what Helm or another provider makes", () => {
  const text = renderYaml(recording);
  const documents = parseAllDocuments(text);
  expect(documents.map((document) => [document.errors, document.toJS() as unknown])).toEqual([
    [[], { apiVersion: "v1", kind: "Namespace", metadata: { name: "tailscale" } }],
    [
      [],
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "operator-oauth", namespace: "tailscale" },
        stringData: { id: SECRET, key: SECRET },
      },
    ],
    [[], { apiVersion: "v1", kind: "Secret", metadata: { name: "unknown" }, stringData: {} }],
  ]);
  expect(text.split("\n").filter((line) => line.startsWith("#"))).toEqual([
    `# ${NAMESPACE}`,
    `# ${LOGIN}`,
    `# ${UNKNOWN_SECRET}`,
  ]);
  expect(text).not.toContain("hidden-");
});

test("without Kubernetes objects the stream is empty", () => {
  expect(renderYaml({ ...recording, resources: [] })).toBe("");
});
