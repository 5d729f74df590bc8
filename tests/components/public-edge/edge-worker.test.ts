import { expect, test } from "vitest";
import { UserError } from "../../../components/config-issue.ts";
import { bundleWorker } from "../../../worker/bundle.ts";
import { DEFAULT_OPTIONS } from "../../support/recorded-resource.ts";
import { urnOf } from "../../support/recording.ts";
import {
  cloudflare,
  EDGE,
  edgeOf,
  FUNNEL,
  inZone,
  ofType,
  RECORD,
  ROUTE,
  RULES,
  SCRIPT,
  SUBDOMAIN,
  ZONE,
} from "./recorded-edge.ts";

const SCRIPT_URN = urnOf(`${EDGE}$tailnet-edge:edge:EdgeWorker$${SCRIPT}`, "edge-worker-script");
const FREE = cloudflare({ "example.com": "free", "example.org": "free" });
const A = inZone("a.example.com", "example.com", "worker");
const B = inZone("b.example.org", "example.org", "worker");

test("creates one script for all zones; it knows the Funnel's name and is not on workers.dev", async () => {
  const recording = await edgeOf([A, B], FREE);
  const { script, files, mainModule, compatibilityDate } = bundleWorker();
  expect(ofType(recording, SCRIPT).map(({ urn, inputs }) => ({ urn, inputs }))).toEqual([
    {
      urn: SCRIPT_URN,
      inputs: {
        accountId: "account-1",
        scriptName: "ozilab-edge",
        content: `// tailnet-edge: stack tailnet-edge/test\n${script}`,
        files,
        mainModule,
        compatibilityDate,
        observability: { enabled: true },
        bindings: [
          { name: "ORIGIN", type: "plain_text", text: FUNNEL },
          { name: "CONNECT_TIMEOUT_MS", type: "plain_text", text: "10000" },
          { name: "RESPONSE_TIMEOUT_MS", type: "plain_text", text: "100000" },
        ],
      },
    },
  ]);
  expect(ofType(recording, SUBDOMAIN).map(({ inputs }) => inputs)).toEqual([
    { accountId: "account-1", scriptName: "ozilab-edge", enabled: false, previewsEnabled: false },
  ]);
});

test("gives a hostname a route, then a record, and no rule but the redirect to HTTPS", async () => {
  const recording = await edgeOf([A], FREE);
  expect(
    ofType(recording, ROUTE).map(({ name, inputs, dependsOn }) => ({ name, inputs, dependsOn })),
  ).toEqual([
    {
      name: "a.example.com",
      inputs: { zoneId: "id of example.com", pattern: "a.example.com/*", script: "ozilab-edge" },
      dependsOn: [SCRIPT_URN],
    },
  ]);
  expect(ofType(recording, RECORD).map(({ inputs, dependsOn }) => ({ inputs, dependsOn }))).toEqual([
    {
      inputs: {
        zoneId: "id of example.com",
        name: "a.example.com",
        type: "CNAME",
        content: FUNNEL,
        proxied: true,
        ttl: 1,
      },
      dependsOn: [
        urnOf(`${EDGE}$${ZONE}$${ROUTE}`, "a.example.com"),
        urnOf(`${EDGE}$${ZONE}$${RULES}`, "example.com-redirect-rules"),
      ],
    },
  ]);
  expect(ofType(recording, RULES).map(({ name }) => name)).toEqual(["example.com-redirect-rules"]);
});

test("deletes a route before it is replaced: Cloudflare refuses a second route of the same pattern", async () => {
  const recording = await edgeOf([A], FREE);
  expect(ofType(recording, ROUTE).map(({ options }) => options)).toEqual([
    { ...DEFAULT_OPTIONS, deleteBeforeReplace: true },
  ]);
});

test("creates a hostname's route before it changes the rules that no longer match the hostname", async () => {
  const recording = await edgeOf(
    [A, inZone("b.example.com", "example.com", "origin-rule")],
    cloudflare({ "example.com": "enterprise" }),
  );
  const route = urnOf(`${EDGE}$${ZONE}$${ROUTE}`, "a.example.com");
  const rulesets = ofType(recording, RULES).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  expect(rulesets.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
    ["example.com-configuration-rules", [route]],
    ["example.com-origin-rules", [route]],
    ["example.com-redirect-rules", []],
  ]);
  for (const { inputs } of rulesets.slice(0, 2))
    expect(JSON.stringify(inputs)).not.toContain("a.example.com");
});

test("adds one record, one route and a name in the redirect for another hostname", async () => {
  const before = await edgeOf([A], FREE);
  const after = await edgeOf([A, inZone("b.example.com", "example.com", "worker")], FREE);
  const known = new Set(before.resources.map((resource) => JSON.stringify(resource)));
  const fresh = after.resources.filter((resource) => !known.has(JSON.stringify(resource)));
  expect(fresh.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
    `${RECORD} b.example.com`,
    `${ROUTE} b.example.com`,
    `${RULES} example.com-redirect-rules`,
  ]);
});

test("rejects hostnames of zones in two accounts", async () => {
  const edge = edgeOf(
    [A, B],
    cloudflare({ "example.com": "free", "example.org": "free" }, { "example.org": "account-2" }),
  );
  await expect(edge).rejects.toThrow(UserError);
  await expect(edge).rejects.toThrow("in another account than those of zone example.com");
});

test("creates no script if no hostname needs the Worker", async () => {
  const recording = await edgeOf([inZone("a.example.com", "example.com", "cname-only")], FREE);
  expect(ofType(recording, SCRIPT)).toEqual([]);
  expect(ofType(recording, SUBDOMAIN)).toEqual([]);
});
