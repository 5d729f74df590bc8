import { describe, expect, test } from "vitest";
import { A, OWNER, THEIRS } from "./deployed-stack.ts";
import { foreignRule, inputsOf, PHASE, sniRule, ZONE, ZoneApi } from "./zone-api.ts";

describe("on a plan with ten rules in a phase, eight rules", () => {
  const names = Array.from({ length: 8 }, (_, index) => `port_${index}`);
  const port = (name: string) => ({
    ...sniRule(`${name}.example.com`),
    actionParameters: { origin: { port: 8443 } },
  });
  const wanted = inputsOf(Object.fromEntries(names.map((name) => [name, port(name)])));
  /** The hosts that have a rule, after each call of an update. */
  const watch = (zone: ZoneApi) => {
    const seen: (readonly string[])[] = [];
    zone.after = () => seen.push(names.filter((name) => hasRule(zone, `${name}.example.com`)));
    return seen;
  };
  const hasRule = (zone: ZoneApi, host: string) =>
    zone.rules.some(({ expression }) => expression.includes(`"${host}"`));

  test("get the owner of a renamed stack, and every hostname has its rule all the time", async () => {
    const zone = new ZoneApi("free");
    zone.add(THEIRS);
    await zone.stack().create(wanted);
    const seen = watch(zone);
    await zone.stack("newname").update({ ...wanted, owner: OWNER }, wanted);
    expect(zone.refs).toEqual(["theirs", ...names.map((name) => `newname:${name}`)]);
    // A read, eight times a creation and a deletion, and another read.
    expect(seen).toEqual(Array.from({ length: 18 }, () => names));
  });

  test("of a former version are taken over in the same way", async () => {
    const zone = new ZoneApi("free");
    const former = names.map((name, index) => ({
      ...foreignRule(`tailnet_edge_sni_${index}`),
      ...port(name),
    }));
    zone.add(THEIRS, ...former);
    const seen = watch(zone);
    const state = { zoneId: ZONE, phase: PHASE, kind: "zone", name: "default", rules: former };
    await zone.stack().update(state, wanted);
    expect(zone.refs).toEqual(["theirs", ...names.map((name) => `ozilab:${name}`)]);
    expect(seen).toEqual(Array.from({ length: 18 }, () => names));
  });
});

test("the whole entry point of a former version is taken over: each rule under a new ref before the old one goes", async () => {
  const zone = new ZoneApi();
  const former = { ...foreignRule("tailnet_edge_sni_0"), ...A };
  zone.add(THEIRS, former);
  const seen: string[] = [];
  zone.after = (method) => seen.push(`${method} ${zone.refs.join(" ")}`);
  // The state of `cloudflare.Ruleset` lists the rules. It was imported, so one of them is somebody else's.
  const state = { zoneId: ZONE, phase: PHASE, kind: "zone", name: "default", rules: [THEIRS, former] };
  const stack = zone.stack();
  expect(await stack.check(inputsOf({ sni_0: A }), state)).toEqual([]);
  expect(await stack.diff(state, inputsOf({ sni_0: A }))).toEqual([
    { path: "rules", kind: "UPDATE", fromInputs: true },
  ]);
  await stack.update(state, inputsOf({ sni_0: A }));
  expect([seen, zone.warnings]).toEqual([
    [
      "GET theirs tailnet_edge_sni_0",
      "POST theirs tailnet_edge_sni_0 ozilab:sni_0",
      "DELETE theirs ozilab:sni_0",
      "GET theirs ozilab:sni_0",
    ],
    [],
  ]);
  expect(zone.rules[0]).toEqual(THEIRS);
});
