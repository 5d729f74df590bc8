import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { rulesets } from "../../../../sandbox/providers/cloudflare/entry-points.ts";
import { zones } from "../../../../sandbox/providers/cloudflare/zones.ts";
import { failuresOf, resource, stepsOf } from "../../inline-project.ts";
import { cloudflareProject } from "./cloudflare-project.ts";

const { project, enterprise, free } = await cloudflareProject();

const sniRule = (ref: string, host: string) => ({
  ref,
  action: "route",
  expression: `http.host in {"${host}"}`,
  actionParameters: { sni: { value: "edge.tail1234.ts.net" } },
});

const ruleset = (name: string, inputs: object, opts?: pulumi.CustomResourceOptions) =>
  resource(
    "cloudflare:index/ruleset:Ruleset",
    name,
    {
      zoneId: enterprise,
      kind: "zone",
      phase: "http_request_origin",
      name: "default",
      rules: [sniRule("a", "a.example.com")],
      ...inputs,
    },
    opts,
  );

describe("a ruleset", () => {
  test("cannot be created beside the phase's entry point, can be imported, and owns the whole list", async () => {
    project.withWorld((world) => {
      const byHand = { id: "r1", ...sniRule("by-hand", "old.example.com") };
      rulesets(world).set(`${enterprise}/hand`, {
        id: "hand",
        version: 1,
        zoneId: enterprise,
        kind: "zone",
        phase: "http_request_origin",
        name: "default",
        rules: [byHand],
      });
    });
    const second = await project.up(() => {
      ruleset("origin", {});
    });
    expect(failuresOf(second)).toEqual([
      "origin: 400 Bad Request: 20217 exceeded maximum number of zone rulesets for phase http_request_origin",
    ]);
    const rules = [sniRule("by-hand", "old.example.com")];
    const adopted = await project.up(() => {
      ruleset("origin", { rules }, { import: `zones/${enterprise}/hand` });
    });
    expect(stepsOf(adopted)).toEqual(["import origin"]);
    await project.up(() => {
      ruleset("origin", { rules: [sniRule("new", "new.example.com"), ...rules] });
    });
    const kept = project.withWorld((world) => rulesets(world).get(`${enterprise}/hand`)?.rules ?? []);
    expect(kept.map(({ ref }) => ref)).toEqual(["new", "by-hand"]);
    expect(kept[1]?.id).toBe("r1");
  });

  test("is restored after its rules were edited by hand", async () => {
    const program = () => {
      ruleset("origin", {});
    };
    await project.up(program);
    project.withWorld((world) => {
      for (const [key, found] of [...rulesets(world)]) rulesets(world).set(key, { ...found, rules: [] });
    });
    expect(stepsOf(await project.refresh())).toEqual(["update origin"]);
    expect(stepsOf(await project.up(program))).toEqual(["update origin"]);
  });

  test("is rejected for what the plan, the phase or the expression language does not allow", async () => {
    await project.destroy();
    const hosts = Array.from({ length: 11 }, (_, index) => `h${index}.example.org`);
    const portRule = (ref: string) => ({
      ref,
      action: "route",
      expression: "true",
      actionParameters: { origin: { port: 8443 } },
    });
    // None of these may succeed: a phase has one ruleset, so the others would fail for that reason.
    const rejected = {
      action: { rules: [{ action: "rewrite", expression: "true" }] },
      expression: { rules: [{ ...portRule("a"), expression: 'http.host in {"a"' }] },
      long: { rules: [{ ...portRule("a"), expression: `"${"x".repeat(4095)}"` }] },
      plan: { zoneId: free },
      refs: { rules: [portRule("a"), portRule("a")] },
      limit: { zoneId: free, rules: hosts.map(portRule) },
      redirect: {
        phase: "http_request_dynamic_redirect",
        rules: [{ action: "redirect", expression: "true", actionParameters: { fromValue: {} } }],
      },
    };
    const run = await project.up(
      () => {
        for (const [name, inputs] of Object.entries(rejected)) ruleset(name, inputs);
      },
      { continueOnError: true },
    );
    expect(failuresOf(run)).toEqual([
      "action: 400 Bad Request: 'rewrite' is not a valid value for action because it cannot be used in the phase http_request_origin",
      'expression: 400 Bad Request: filter parsing error: http.host in {"a"',
      "limit: 400 Bad Request: exceeded maximum number of rules in the phase http_request_origin: 11 out of 10",
      "long: 400 Bad Request: filter expression is 4097 characters long, and 4096 are allowed",
      "plan: 400 Bad Request: not entitled: SNI and host overrides need an Enterprise zone, and this one is on free",
      "redirect: 400 Bad Request: invalid action parameters of the action redirect",
      "refs: 400 Bad Request: two rules have the same ref",
    ]);
    expect(project.withWorld((world) => rulesets(world).size)).toBe(0);

    project.withWorld((world) => {
      const zone = zones(world).get(enterprise);
      if (zone) zones(world).set(enterprise, { ...zone, foreignSni: "refused" });
    });
    const foreign = await project.up(() => {
      ruleset("origin", {});
    });
    expect(failuresOf(foreign)).toEqual([
      "origin: 400 Bad Request: SNI override edge.tail1234.ts.net is not a hostname on this account",
    ]);
  });
});
