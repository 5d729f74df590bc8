import { describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../providers/protocol/local-resource.ts";
import { A, B, deployed, OWNER, STATE, THEIRS, WANTED } from "./deployed-stack.ts";
import { foreignRule, inputsOf, PHASE, ZONE, ZoneApi } from "./zone-api.ts";

describe("drift", () => {
  test.each([
    [
      "edited",
      { expression: "true" },
      "rule sni_0 was changed by somebody else (expression); the update changes it back",
    ],
    [
      "disabled",
      { enabled: false },
      "rule sni_0 was changed by somebody else (enabled); the update changes it back",
    ],
  ])("of a rule that somebody %s is found without a refresh, and repaired", async (_, edit, note) => {
    const { zone, stack } = await deployed();
    const before = zone.rules;
    zone.edit((rules) => rules.map((rule) => (rule.ref === `${OWNER}_sni_0` ? { ...rule, ...edit } : rule)));
    expect(await stack.check(WANTED, WANTED)).toEqual([]);
    expect(await stack.diff(STATE, WANTED)).toEqual([
      { path: "rules.sni_0", kind: "UPDATE", fromInputs: false },
    ]);
    expect(zone.warnings).toEqual([note]);
    await stack.update(STATE, WANTED);
    expect(zone.rules).toEqual(before);
  });

  test("of a deleted rule is found and repaired", async () => {
    const { zone, stack } = await deployed();
    zone.edit((rules) => rules.filter(({ ref }) => ref !== `${OWNER}_sni_1`));
    await stack.check(WANTED, WANTED);
    expect(await stack.diff(STATE, WANTED)).toEqual([
      { path: "rules.sni_1", kind: "UPDATE", fromInputs: false },
    ]);
    expect(zone.warnings).toEqual(["rule sni_1 was deleted by somebody else; the update creates it again"]);
    await stack.update(STATE, WANTED);
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "last", "ozilab:sni_1"]);
  });

  test("of a rule in front of one that overrides it is found and repaired", async () => {
    const { zone, stack } = await deployed();
    zone.add(
      foreignRule("rival", {
        expression: 'http.host eq "a.example.com"',
        actionParameters: { sni: { value: "x" } },
      }),
    );
    await stack.check(WANTED, WANTED);
    expect(await stack.diff(STATE, WANTED)).toEqual([
      { path: "rules.sni_0", kind: "UPDATE", fromInputs: false },
    ]);
    expect(zone.warnings).toEqual([
      'rule "rule rival of somebody else" (rival) of somebody else sets sni for a.example.com too. The stack\'s rule "SNI of the Funnel, Host kept" goes after it and overrides it',
      "rule sni_0 is overridden by a rule of somebody else; the update moves it",
    ]);
    await stack.update(STATE, WANTED);
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_1", "last", "rival", "ozilab:sni_0"]);
  });

  test("is not claimed for a rule whose next value is unknown, and found for the others", async () => {
    const { zone, stack } = await deployed();
    zone.edit((rules) => rules.filter(({ ref }) => ref !== `${OWNER}_sni_1`));
    const unknown = inputsOf({ sni_0: { ...A, actionParameters: { sni: { value: UNKNOWN } } }, sni_1: B });
    await stack.check(unknown, WANTED);
    expect(await stack.diff(STATE, unknown)).toEqual([
      { path: "rules.sni_0.actionParameters", kind: "UPDATE", fromInputs: false },
      { path: "rules.sni_1", kind: "UPDATE", fromInputs: false },
    ]);
    expect(zone.warnings).toEqual(["rule sni_1 was deleted by somebody else; the update creates it again"]);
  });

  test("is no change if there is none", async () => {
    const { zone, stack } = await deployed();
    await stack.check(WANTED, WANTED);
    expect([await stack.diff(STATE, WANTED), zone.warnings]).toEqual([[], []]);
  });

  test("of the whole entry point, as Terraform's next apply removes it, is repaired", async () => {
    const { zone, stack } = await deployed();
    zone.edit(() => [THEIRS]);
    expect(await stack.read(`${ZONE}/${PHASE}`, STATE)).toBeUndefined();
    await stack.check(WANTED, WANTED);
    expect(await stack.diff(STATE, WANTED)).toHaveLength(2);
    await stack.update(STATE, WANTED);
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1"]);
  });
});

test("a rule of others whose expression cannot be decided is reported only where it would win", async () => {
  const zone = new ZoneApi();
  const undecided = { expression: 'ip.src.country eq "DE"', actionParameters: { sni: { value: "x" } } };
  zone.add(foreignRule("before", undecided));
  await zone.stack().create(WANTED);
  zone.add(foreignRule("behind", undecided));
  expect(await zone.stack().check(inputsOf({ sni_0: A }), WANTED)).toEqual([]);
  expect(zone.warnings).toEqual([
    'rule "rule behind of somebody else" (behind) of somebody else sets sni, and possibly for some requests to a.example.com: its expression cannot be decided. There it overrides the stack\'s rule "SNI of the Funnel, Host kept": ip.src.country eq "DE"',
  ]);
});
