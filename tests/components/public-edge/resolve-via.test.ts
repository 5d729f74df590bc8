import { log } from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import {
  type RequestedHostname,
  resolveVia,
  resolveVias,
} from "../../../components/public-edge/resolve-via.ts";
import { CloudflareEdge } from "../../../components/public-edge/cloudflare-edge.ts";
import type { PublicHostname } from "../../../components/public-edge/hostname.ts";
import type { Via } from "../../../components/public-edge/via.ts";
import { UserError } from "../../../components/config-issue.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import type { Recording } from "../../../plan/recording/recording.ts";
import { bundleWorker } from "../../../worker/bundle.ts";
import { recordProgram, urnOf } from "../../support/recording.ts";

const EDGE = "tailnet-edge:edge:CloudflareEdge";
const ZONE = `${EDGE}$tailnet-edge:edge:EdgeZone`;
const SCRIPT = "cloudflare:index/workersScript:WorkersScript";
const SUBDOMAIN = "cloudflare:index/workersScriptSubdomain:WorkersScriptSubdomain";
const ROUTE = "cloudflare:index/workersRoute:WorkersRoute";
const RULESET = "cloudflare:index/ruleset:Ruleset";
const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const FUNNEL = "ozilab-edge.tail1234.ts.net";
const SCRIPT_URN = urnOf(`${EDGE}$tailnet-edge:edge:EdgeWorker$${SCRIPT}`, "edge-worker-script");

const inZone = (host: string, zone: string, via: Via): PublicHostname => ({ host, zone, via });

/** A Cloudflare whose zones are on the free plan, each in the account given. */
const freeZones = (accounts: Readonly<Record<string, string>>): MockAnswers => ({
  call: ({ inputs }) => {
    const { name } = (inputs as { filter: { name: string } }).filter;
    return { zoneId: `id of ${name}`, plan: { legacyId: "free" }, account: { id: accounts[name] } };
  },
});
const ONE_ACCOUNT = freeZones({ "example.com": "account-1", "example.org": "account-1" });

const edgeOf = (hostnames: readonly PublicHostname[], answers = ONE_ACCOUNT) => {
  const worker = { scriptName: "ozilab-edge", bundle: bundleWorker() };
  return recordProgram(() => new CloudflareEdge("edge", { hostnames, funnel: FUNNEL, worker }), answers);
};

const ofType = ({ resources }: Recording, type: string) => resources.filter((one) => one.type === type);

describe("hostnames that go by the Worker", () => {
  test("share one script, which names the Funnel, and is not on workers.dev", async () => {
    const recording = await edgeOf([
      inZone("a.example.com", "example.com", "worker"),
      inZone("b.example.org", "example.org", "worker"),
    ]);
    const { script, files, mainModule, compatibilityDate } = bundleWorker();
    expect(ofType(recording, SCRIPT).map(({ urn, inputs }) => ({ urn, inputs }))).toEqual([
      {
        urn: SCRIPT_URN,
        inputs: {
          accountId: "account-1",
          scriptName: "ozilab-edge",
          content: script,
          files,
          mainModule,
          compatibilityDate,
          bindings: [{ name: "ORIGIN", type: "plain_text", text: FUNNEL }],
        },
      },
    ]);
    expect(ofType(recording, SUBDOMAIN).map(({ inputs }) => inputs)).toEqual([
      { accountId: "account-1", scriptName: "ozilab-edge", enabled: false, previewsEnabled: false },
    ]);
  });

  test("have a route and a record each, in this order, and no rule", async () => {
    const recording = await edgeOf([inZone("a.example.com", "example.com", "worker")]);
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
        dependsOn: [urnOf(`${ZONE}$${ROUTE}`, "a.example.com")],
      },
    ]);
    expect(ofType(recording, RULESET)).toEqual([]);
  });

  test("are served by the Worker before a rule that they leave is changed", async () => {
    const answers: MockAnswers = {
      call: () => ({ zoneId: "z", plan: { legacyId: "enterprise" }, account: { id: "account-1" } }),
    };
    const recording = await edgeOf(
      [
        inZone("a.example.com", "example.com", "worker"),
        inZone("b.example.com", "example.com", "origin-rule"),
      ],
      answers,
    );
    const route = urnOf(`${ZONE}$${ROUTE}`, "a.example.com");
    expect(ofType(recording, RULESET).map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
      ["example.com-configuration-rules", [route]],
      ["example.com-origin-rules", [route]],
    ]);
    for (const { inputs } of ofType(recording, RULESET))
      expect(JSON.stringify(inputs)).not.toContain("a.example.com");
  });

  test("one more is one record and one route", async () => {
    const before = await edgeOf([inZone("a.example.com", "example.com", "worker")]);
    const after = await edgeOf([
      inZone("a.example.com", "example.com", "worker"),
      inZone("b.example.com", "example.com", "worker"),
    ]);
    const known = new Set(before.resources.map((resource) => JSON.stringify(resource)));
    const fresh = after.resources.filter((resource) => !known.has(JSON.stringify(resource)));
    expect(fresh.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      `${RECORD} b.example.com`,
      `${ROUTE} b.example.com`,
    ]);
  });

  test("in two accounts are an error before anything is made", async () => {
    const edge = edgeOf(
      [inZone("a.example.com", "example.com", "worker"), inZone("b.example.org", "example.org", "worker")],
      freeZones({ "example.com": "account-1", "example.org": "account-2" }),
    );
    await expect(edge).rejects.toThrow(UserError);
    await expect(edge).rejects.toThrow("in another account than those of zone example.com");
  });

  test("no hostname by the Worker, no script", async () => {
    const recording = await edgeOf([inZone("a.example.com", "example.com", "cname-only")]);
    expect(ofType(recording, SCRIPT)).toEqual([]);
    expect(ofType(recording, SUBDOMAIN)).toEqual([]);
  });
});

const asked = (via: RequestedHostname["via"]): RequestedHostname => ({
  host: "a.example.com",
  zone: "example.com",
  via,
});

describe("auto", () => {
  test.each([
    ["enterprise", "origin-rule", "auto: the enterprise plan has the SNI override"],
    ["free", "worker", "auto: the free plan has no SNI override"],
    [undefined, "worker", "auto: the zone's plan is not known here"],
  ])("on the plan %s is %s", (plan, via, reason) => {
    expect(resolveVia(asked("auto"), plan)).toEqual({
      host: "a.example.com",
      zone: "example.com",
      via,
      reason,
    });
  });

  test("leaves every other way as it is asked for", () => {
    for (const via of ["origin-rule", "worker", "cname-only", { cname: "x.example.net" }] as const) {
      expect(resolveVia(asked(via), "free")).toEqual({ ...asked(via), reason: "asked for" });
    }
  });

  test("looks up only the zones that it is left to, each once", async () => {
    let chosen: unknown;
    const { calls } = await recordProgram(async () => {
      chosen = await resolveVias([
        asked("auto"),
        { ...asked("auto"), host: "b.example.com" },
        { host: "c.example.org", zone: "example.org", via: "worker" },
      ]);
    }, ONE_ACCOUNT);
    expect(calls.map(({ args }) => args)).toEqual([{ filter: { name: "example.com" } }]);
    const reason = "auto: the free plan has no SNI override";
    expect(chosen).toEqual([
      { host: "a.example.com", zone: "example.com", via: "worker", reason },
      { host: "b.example.com", zone: "example.com", via: "worker", reason },
      { host: "c.example.org", zone: "example.org", via: "worker", reason: "asked for" },
    ]);
  });
});

test("a plan that nothing is known of is warned of, and goes on", async () => {
  const warn = vi.spyOn(log, "warn").mockResolvedValue(undefined);
  const answers: MockAnswers = {
    call: () => ({ zoneId: "z", plan: { legacyId: "lite" }, account: { id: "account-1" } }),
  };
  const recording = await edgeOf([inZone("a.example.com", "example.com", "origin-rule")], answers);
  expect(ofType(recording, RECORD)).toHaveLength(1);
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    'zone example.com is on the plan "lite", of which nothing is known here: whether it has the SNI override and room for the rules was not checked',
  ]);
  warn.mockRestore();
});
