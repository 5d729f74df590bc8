import { log } from "@pulumi/pulumi";
import { describe, expect, test, vi } from "vitest";
import { UserError } from "../../../components/config-issue.ts";
import { UNKNOWN } from "../../../plan/recording/decode.ts";
import type { MockAnswers } from "../../../plan/recording/recording-monitor.ts";
import { hostsOfOneZone } from "../../support/host-names.ts";
import { STACK_URN, urnOf } from "../../support/recording.ts";
import {
  cloudflare,
  EDGE,
  edgeOf,
  FUNNEL,
  inZone,
  LOOKUP,
  ofType,
  RECORD,
  RULES,
  ZONE,
} from "./recorded-edge.ts";

const PLAIN_HTTP = 'not ssl and not starts_with(http.request.uri.path, "/.well-known/")';

test("groups hostnames by zone, sorts zones and hostnames, and looks up each zone once by its name", async () => {
  const recording = await edgeOf(
    [
      inZone("b.example.org", "example.org"),
      inZone("z.example.com", "example.com", "cname-only"),
      inZone("example.com", "example.com"),
      inZone("a.example.org", "example.org", { cname: "id.cfargotunnel.com" }),
    ],
    cloudflare({ "example.com": "enterprise", "example.org": "enterprise" }),
  );
  const edge = urnOf(EDGE, "edge");
  const zone = (name: string) => urnOf(`${EDGE}$${ZONE}`, name);

  expect(recording.calls).toEqual(
    ["example.com", "example.org"].map((name) => ({ token: LOOKUP, args: { filter: { name } } })),
  );
  expect(ofType(recording, EDGE).map(({ urn, parent }) => [urn, parent])).toEqual([[edge, STACK_URN]]);
  expect(ofType(recording, ZONE).map(({ urn, parent }) => [urn, parent])).toEqual([
    [zone("example.com"), edge],
    [zone("example.org"), edge],
  ]);
  expect(
    ofType(recording, RULES)
      .map(({ name, parent, inputs }) => [
        name,
        parent,
        inputs["zoneId"],
        Object.values(inputs["rules"] as Record<string, { expression: string }>).map(
          ({ expression }) => expression,
        ),
      ])
      .toSorted(),
  ).toEqual([
    [
      "example.com-configuration-rules",
      zone("example.com"),
      "id of example.com",
      ['http.host in {"example.com" "z.example.com"}'],
    ],
    ["example.com-origin-rules", zone("example.com"), "id of example.com", ['http.host in {"example.com"}']],
    [
      "example.com-redirect-rules",
      zone("example.com"),
      "id of example.com",
      [`${PLAIN_HTTP} and http.host in {"example.com" "z.example.com"}`],
    ],
    [
      "example.org-configuration-rules",
      zone("example.org"),
      "id of example.org",
      ['http.host in {"a.example.org" "b.example.org"}'],
    ],
    [
      "example.org-origin-rules",
      zone("example.org"),
      "id of example.org",
      ['http.host in {"b.example.org"}'],
    ],
    [
      "example.org-redirect-rules",
      zone("example.org"),
      "id of example.org",
      [`${PLAIN_HTTP} and http.host in {"a.example.org" "b.example.org"}`],
    ],
  ]);
  expect(
    ofType(recording, RECORD)
      .map(({ name, parent, inputs }) => [name, parent, inputs["zoneId"], inputs["content"]])
      .toSorted(),
  ).toEqual([
    ["a.example.org", zone("example.org"), "id of example.org", "id.cfargotunnel.com"],
    ["b.example.org", zone("example.org"), "id of example.org", FUNNEL],
    ["example.com", zone("example.com"), "id of example.com", FUNNEL],
    ["z.example.com", zone("example.com"), "id of example.com", FUNNEL],
  ]);
  const rules = (name: string) => urnOf(`${EDGE}$${ZONE}$${RULES}`, name);
  const waits = ofType(recording, RECORD).map(({ name, dependsOn }) => [name, dependsOn]);
  expect(Object.fromEntries(waits)).toEqual({
    "a.example.org": [rules("example.org-configuration-rules"), rules("example.org-redirect-rules")],
    "b.example.org": [
      rules("example.org-configuration-rules"),
      rules("example.org-origin-rules"),
      rules("example.org-redirect-rules"),
    ],
    "example.com": [
      rules("example.com-configuration-rules"),
      rules("example.com-origin-rules"),
      rules("example.com-redirect-rules"),
    ],
    "z.example.com": [rules("example.com-configuration-rules"), rules("example.com-redirect-rules")],
  });
});

test("creates nothing but the resources of the edge", async () => {
  const { resources } = await edgeOf(
    [inZone("app.example.com", "example.com")],
    cloudflare({ "example.com": "enterprise" }),
  );
  expect(resources.map(({ type }) => type)).toEqual([
    "pulumi:pulumi:Stack",
    EDGE,
    ZONE,
    RULES,
    RULES,
    RULES,
    RECORD,
  ]);
});

test("looks up nothing and creates nothing without hostnames", async () => {
  const recording = await edgeOf([]);
  expect(recording.calls).toEqual([]);
  expect(recording.resources.map(({ urn }) => urn)).toEqual([STACK_URN, urnOf(EDGE, "edge")]);
});

test("creates no origin rules for hostnames that need none, on any plan", async () => {
  const recording = await edgeOf(
    [inZone("app.example.com", "example.com", "cname-only")],
    cloudflare({ "example.com": "free" }),
  );
  expect(
    ofType(recording, RULES)
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(["example.com-configuration-rules", "example.com-redirect-rules"]);
});

test("leaves the zone's ID unknown and does not check the plan when nobody answers", async () => {
  const recording = await edgeOf([inZone("app.example.com", "example.com")]);
  const ids = [...ofType(recording, RULES), ...ofType(recording, RECORD)].map(
    ({ inputs }) => inputs["zoneId"],
  );
  expect(ids).toEqual([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]);
});

describe("when a zone cannot carry its hostnames", () => {
  const hostnames = [
    inZone("app.example.com", "example.com"),
    inZone("app.example.net", "example.net"),
    inZone("app.example.org", "example.org"),
  ];
  const { call } = cloudflare({ "example.com": "free", "example.net": "enterprise", "example.org": "pro" });

  test("fails with the issues of all zones before any resource", async () => {
    const created: string[] = [];
    const answers: MockAnswers = {
      ...(call && { call }),
      newResource: ({ type }) => {
        created.push(type);
        return undefined;
      },
    };
    const error: unknown = await edgeOf(hostnames, answers).catch((thrown: unknown) => thrown);
    if (!(error instanceof UserError)) throw error;
    expect(error.message.split("\n")[0]).toBe("the public edge has 2 issues");
    expect(error.issues.map(({ path, found }) => [path, found])).toEqual([
      [
        "zone example.com: app.example.com",
        "via: origin-rule in a zone on the free plan, which has no SNI override",
      ],
      [
        "zone example.org: app.example.org",
        "via: origin-rule in a zone on the pro plan, which has no SNI override",
      ],
    ]);
    expect(created).toEqual(["pulumi:pulumi:Stack"]);
  });
});

test("warns of a plan that it does not know, and continues", async () => {
  const warn = vi.spyOn(log, "warn").mockResolvedValue(undefined);
  const recording = await edgeOf(
    [inZone("a.example.com", "example.com"), inZone("b.example.com", "example.com")],
    cloudflare({ "example.com": "lite" }),
  );
  expect(ofType(recording, RECORD)).toHaveLength(2);
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    'zone example.com is on the plan "lite", whose limits are not known here: the SNI override and the number of rules were not checked',
  ]);
  warn.mockRestore();
});

test("adds one record and changes one rule of each kind when a hostname joins 300 others", async () => {
  const hosts = hostsOfOneZone(300);
  const answers = cloudflare({ "example.com": "enterprise" });
  const plan = async (names: readonly string[]) =>
    new Map(
      (
        await edgeOf(
          names.map((host) => inZone(host, "example.com")),
          answers,
        )
      ).resources.map((one) => [one.urn, one]),
    );
  const before = await plan(hosts);
  const after = await plan([...hosts, "new.example.com"]);
  const rulesOf = (resources: typeof before, urn: string) =>
    Object.values((resources.get(urn)?.inputs["rules"] ?? {}) as Record<string, { expression: string }>);

  expect([...after.keys()].filter((urn) => !before.has(urn))).toEqual([
    urnOf(`${EDGE}$${ZONE}$${RECORD}`, "new.example.com"),
  ]);
  const changed = [...before.keys()].filter(
    (urn) => JSON.stringify(before.get(urn)) !== JSON.stringify(after.get(urn)),
  );
  expect(changed.map((urn) => urn.split("::")[3]).toSorted()).toEqual([
    "example.com-configuration-rules",
    "example.com-origin-rules",
    "example.com-redirect-rules",
  ]);
  for (const urn of changed) {
    const old = rulesOf(before, urn);
    const different = rulesOf(after, urn).filter((rule, at) => rule.expression !== old[at]?.expression);
    expect(different).toHaveLength(1);
    const withoutNew = different[0]?.expression.replace(' "new.example.com"', "");
    expect(old.map(({ expression }) => expression)).toContain(withoutNew);
  }
}, 60_000);
