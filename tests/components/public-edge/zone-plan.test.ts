import { describe, expect, test } from "vitest";
import {
  type ZoneDemand,
  accountIssues,
  hasSniOverride,
  zonePlanIssues,
} from "../../../components/public-edge/zone-plan.ts";

const rules = (count: number) => Array.from({ length: count }, () => ({}));
const demand = (plan: string, changes: Partial<ZoneDemand> = {}): ZoneDemand => ({
  name: "example.com",
  plan,
  originRuleHosts: [],
  originRules: [],
  configurationRules: [],
  ...changes,
});
const BY_RULE = { originRuleHosts: ["a.example.com", "b.example.com"], originRules: rules(1) };

test.each(["free", "pro", "business"])("the %s plan has no SNI override", (plan) => {
  expect(zonePlanIssues(demand(plan, BY_RULE))).toEqual([
    {
      path: "zone example.com: a.example.com, b.example.com",
      found: `via: origin-rule in a zone on the ${plan} plan, which has no SNI override`,
      allowed: "origin-rule in a zone on the enterprise plan",
      fix:
        "set via: worker for these hostnames, which keeps SNI and Host apart on every plan;\n" +
        "or via: cname-only, and validate the cutover end to end: if they then answer 525 or 526, the zone needs\n" +
        "a plan with the SNI override, or the hostname another edge, such as via: { cname: <a tunnel's name> }",
    },
  ]);
});

test("the enterprise plan has it", () => {
  expect(zonePlanIssues(demand("enterprise", BY_RULE))).toEqual([]);
});

test.each(["free", "pro", "business", "enterprise"])(
  "the %s plan takes hostnames without an origin rule",
  (plan) => {
    expect(zonePlanIssues(demand(plan, { configurationRules: rules(10) }))).toEqual([]);
  },
);

describe.each([
  ["free", 10],
  ["pro", 25],
  ["business", 50],
  ["enterprise", 300],
])("the %s plan's quota", (plan, quota) => {
  const tooMany = (kind: string) => ({
    path: "zone example.com",
    found: `hostnames that fill ${quota + 1} ${kind}`,
    allowed: `${quota} ${kind} on the ${plan} plan`,
    fix: "move hostnames to another zone, or the zone to a larger plan",
  });

  test(`is ${quota} rules of each kind`, () => {
    const full = { originRules: rules(quota), configurationRules: rules(quota) };
    expect(zonePlanIssues(demand(plan, full))).toEqual([]);
  });

  test("is told for both kinds at once", () => {
    const over = { originRules: rules(quota + 1), configurationRules: rules(quota + 1) };
    expect(zonePlanIssues(demand(plan, over))).toEqual([
      tooMany("origin rules"),
      tooMany("configuration rules"),
    ]);
  });
});

test("a plan that is not known is left to Cloudflare", () => {
  expect(zonePlanIssues(demand("partners_ent", { ...BY_RULE, configurationRules: rules(1000) }))).toEqual([]);
});

test("the zones that a Worker serves are of one account", () => {
  const zones = [{ name: "example.com" }, { name: "example.net" }, { name: "example.org" }];
  expect(accountIssues(zones, ["a", "a", "a"])).toEqual([]);
  expect(accountIssues(zones, ["a", "a", "b"])).toEqual([
    {
      path: "zone example.org",
      found: "hostnames with via: worker, in another account than those of zone example.com",
      allowed: "zones of one account, as the stack's one Worker serves its own account's zones",
      fix: "give these hostnames another way, or move them to a stack of their own",
    },
  ]);
});

test("only the enterprise plan has the SNI override, and a plan that is not known has not", () => {
  const plans = ["free", "pro", "business", "enterprise", "lite"];
  expect(plans.filter(hasSniOverride)).toEqual(["enterprise"]);
});
