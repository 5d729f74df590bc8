import { describe, expect, test } from "vitest";
import { type ZoneDemand, zoneDemand } from "../../../components/public-edge/zone-demand.ts";
import { accountIssues, hasSniOverride, zonePlanIssues } from "../../../components/public-edge/zone-plan.ts";
import { inZone } from "./recorded-edge.ts";

const zoneOn = (plan: string | undefined, name = "example.com", accountId?: string) => ({
  name,
  id: undefined,
  accountId,
  plan,
});
const expressions = (count: number) => Array.from({ length: count }, (_, slot) => ({ slot, expression: "" }));
const demand = (plan: string | undefined, changes: Partial<ZoneDemand> = {}): ZoneDemand => ({
  ...zoneDemand(zoneOn(plan), []),
  ...changes,
});
const WITH_ORIGIN_RULE = {
  hostnames: [inZone("a.example.com", "example.com"), inZone("b.example.com", "example.com")],
  originRules: expressions(1),
};

test.each(["free", "pro", "business"])("rejects hostnames with an origin rule on the %s plan", (plan) => {
  expect(zonePlanIssues(demand(plan, WITH_ORIGIN_RULE))).toEqual([
    {
      path: "zone example.com: a.example.com, b.example.com",
      found: `via: origin-rule in a zone on the ${plan} plan, which has no SNI override`,
      allowed: "origin-rule in a zone on the enterprise plan",
      fix:
        "set via: worker for these hostnames, which works on every plan; or set via: cname-only and test the\n" +
        "cutover end to end. If they answer 525 or 526, the zone needs a plan with the SNI override, or the\n" +
        "hostnames another edge, such as via: { cname: <a tunnel's name> }",
    },
  ]);
});

test("accepts hostnames with an origin rule on the enterprise plan", () => {
  expect(zonePlanIssues(demand("enterprise", WITH_ORIGIN_RULE))).toEqual([]);
});

test.each(["free", "pro", "business", "enterprise"])(
  "accepts hostnames without an origin rule on the %s plan",
  (plan) => {
    expect(zonePlanIssues(demand(plan, { strictTlsRules: expressions(10) }))).toEqual([]);
  },
);

describe.each([
  ["free", 10],
  ["pro", 25],
  ["business", 50],
  ["enterprise", 300],
])("the quota of the %s plan", (plan, quota) => {
  const tooMany = (kind: string) => ({
    path: "zone example.com",
    found: `hostnames that need ${quota + 1} ${kind}`,
    allowed: `${quota} ${kind} on the ${plan} plan`,
    fix: "move hostnames to another zone, or the zone to a larger plan",
  });

  test(`is ${quota} rules of each kind`, () => {
    const full = {
      originRules: expressions(quota),
      strictTlsRules: expressions(quota),
      redirectRules: expressions(quota),
    };
    expect(zonePlanIssues(demand(plan, full))).toEqual([]);
  });

  test("is reported for all kinds at once", () => {
    const over = {
      originRules: expressions(quota + 1),
      strictTlsRules: expressions(quota + 1),
      redirectRules: expressions(quota + 1),
    };
    expect(zonePlanIssues(demand(plan, over))).toEqual([
      tooMany("origin rules"),
      tooMany("configuration rules"),
      tooMany("redirect rules"),
    ]);
  });
});

test("does not check a plan that it does not know", () => {
  for (const plan of ["partners_ent", undefined]) {
    expect(zonePlanIssues(demand(plan, { ...WITH_ORIGIN_RULE, strictTlsRules: expressions(1000) }))).toEqual(
      [],
    );
  }
});

test("counts transform rules, which only an origin lock needs", () => {
  const hosts = [inZone("a.example.com", "example.com"), inZone("b.example.com", "example.com", "worker")];
  const lockRules = (locked: boolean) => zoneDemand(zoneOn("free"), hosts, locked).lockRules;
  expect([lockRules(false), lockRules(true).length]).toEqual([[], 1]);
  expect(zonePlanIssues(demand("free", { lockRules: expressions(11) })).map(({ found }) => found)).toEqual([
    "hostnames that need 11 transform rules",
  ]);
});

test("requires that the zones with a Worker route are in one account", () => {
  const demandIn = (name: string, accountId?: string, via: "worker" | "cname-only" = "worker") =>
    zoneDemand(zoneOn("free", name, accountId), [inZone(`app.${name}`, name, via)]);
  const both = [demandIn("example.com", "a"), demandIn("example.net", "a")];
  expect(accountIssues([...both, demandIn("example.org", "a")])).toEqual([]);
  expect(accountIssues([demandIn("example.com"), demandIn("example.net")])).toEqual([]);
  expect(accountIssues([demandIn("other.example", "b", "cname-only"), ...both])).toEqual([]);
  expect(accountIssues([...both, demandIn("example.org", "b")])).toEqual([
    {
      path: "zone example.org",
      found: "hostnames with via: worker, in another account than those of zone example.com",
      allowed: "zones of one account, because the stack's Worker serves only zones of its own account",
      fix: "set another via for these hostnames, or move them to a stack of their own",
    },
  ]);
});

test("finds the SNI override on the enterprise plan only, and not on a plan that it does not know", () => {
  const plans = ["free", "pro", "business", "enterprise", "lite"];
  expect(plans.filter(hasSniOverride)).toEqual(["enterprise"]);
});
