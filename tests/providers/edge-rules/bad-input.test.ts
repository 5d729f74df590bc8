import { describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../providers/protocol/local-resource.ts";
import { A, B, deployed, OWNER, WANTED } from "./deployed-stack.ts";
import { foreignRule, inputsOf, PHASE, ZoneApi } from "./zone-api.ts";

describe("bad input", () => {
  test("a rule with the stack's ref that its state does not know stops the creation", async () => {
    const zone = new ZoneApi();
    zone.add(foreignRule(`${OWNER}_sni_0`));
    const failures = await zone.stack().check(WANTED);
    expect(failures).toEqual([
      {
        property: "rules",
        reason: [
          `  rule "rule ${OWNER}_sni_0 of somebody else" (${OWNER}_sni_0)`,
          `    found:   ref ${OWNER}_sni_0, which is this stack's, on a rule that is not in the stack's state`,
          "    allowed: refs that only this stack uses",
          "    fix:     if the rule is this stack's, import it: `pulumi import edge-rules:index:ZoneRules`, as docs/adopting.md shows;",
          "             else delete it, or rename the other stack that has this name",
        ].join("\n"),
      },
    ]);
  });

  test("the rules of an interrupted creation are no obstacle, also while a value is unknown", async () => {
    const { stack } = await deployed();
    const unknown = { ...A, actionParameters: { sni: { value: UNKNOWN } } };
    expect(await stack.check(WANTED)).toEqual([]);
    expect(await stack.check(inputsOf({ sni_0: unknown, sni_1: B }))).toEqual([]);
    expect(await stack.check(inputsOf({ sni_0: A }))).toHaveLength(1);
  });

  test("a token that is wrong is named", async () => {
    const zone = new ZoneApi();
    await expect(zone.stack("ozilab", "wrong").check(WANTED)).rejects.toThrow(
      /Cloudflare answers 401[^]*fix: +check that the Cloudflare token is the right one/,
    );
  });

  test.each([
    ["http_request_origin", "Origin Rules"],
    ["http_config_settings", "Config Rules"],
    ["http_request_dynamic_redirect", "Single Redirect"],
    ["http_request_late_transform", "Transform Rules"],
  ])("a token without the permission for phase %s gets its name: %s", async (phase, permission) => {
    const zone = new ZoneApi();
    zone.before = () =>
      Response.json({ errors: [{ code: 10000, message: "Authentication error" }] }, { status: 403 });
    const wanted = inputsOf({}, phase);
    const fix = (access: string) =>
      `fix:     give the Cloudflare token the permission ${permission} ${access} for`;
    await expect(zone.stack().check(wanted)).rejects.toThrow(fix("Read"));
    await expect(zone.stack().create(wanted)).rejects.toThrow(fix("Write"));
  });

  test("inputs that no rule can have are all reported, and nothing is called", async () => {
    const zone = new ZoneApi();
    const incomplete = { action: A.action, expression: A.expression, actionParameters: A.actionParameters };
    const bad = {
      zoneId: "",
      phase: PHASE,
      rules: { "sni-0": A, sni_1: incomplete, sni_2: { ...B, action: "redirect" } },
    };
    const failures = await zone.stack().check(bad);
    expect(failures.map(({ property }) => property).toSorted()).toEqual([
      "rules.sni-0",
      "rules.sni_1.description",
      "zoneId",
    ]);
    expect(await zone.stack().check(inputsOf({ sni_2: { ...B, action: "redirect" } }))).toEqual([
      {
        property: "rules.sni_2.action",
        reason: "phase http_request_origin has rules with the action route only",
      },
    ]);
    expect(zone.calls).toEqual({});
  });

  test("an unknown zone is checked later", async () => {
    const zone = new ZoneApi();
    expect(await zone.stack().check({ ...WANTED, zoneId: UNKNOWN })).toEqual([]);
    expect(zone.calls).toEqual({});
  });
});
