import { describe, expect, test } from "vitest";
import { PartlyCreated } from "../../../providers/protocol/local-resource.ts";
import { A, B, deployed, OWNER, STATE, THEIRS, WANTED } from "./deployed-stack.ts";
import { foreignRule, inputsOf, PHASE, sniRule, ZONE, ZoneApi } from "./zone-api.ts";

describe("creation", () => {
  test("makes the entry point with all rules in one call", async () => {
    const zone = new ZoneApi();
    const stack = zone.stack();
    expect(await stack.check(WANTED)).toEqual([]);
    expect(await stack.create(WANTED)).toEqual({ id: `${ZONE}/${PHASE}`, outputs: STATE });
    expect(zone.rules).toEqual([
      { ...A, id: expect.any(String) as string, ref: `${OWNER}_sni_0`, enabled: true },
      { ...B, id: expect.any(String) as string, ref: `${OWNER}_sni_1`, enabled: true },
    ]);
    expect(zone.calls).toEqual({ "GET /phases/{phase}/entrypoint": 2, "POST ": 1 });
  });

  test("adds its rules one by one to an entry point of others", async () => {
    const { zone } = await deployed();
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1", "last"]);
    expect([zone.rules[0], zone.rules[3]]).toEqual([THEIRS, foreignRule("last")]);
    expect(zone.calls).toEqual({ "GET /phases/{phase}/entrypoint": 2, "POST /{ruleset}/rules": 2 });
  });

  test("joins an entry point that somebody else creates at the same moment", async () => {
    const zone = new ZoneApi();
    zone.before = (method) => {
      if (method === "POST" && zone.rules.length === 0) zone.add(THEIRS);
      return undefined;
    };
    await zone.stack().create(WANTED);
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1"]);
    expect(zone.rules[0]).toEqual(THEIRS);
  });

  test("that fails halfway keeps what exists in the state, and a second one completes it", async () => {
    const zone = new ZoneApi("free");
    const port = { ...A, actionParameters: { origin: { port: 8443 } } };
    zone.add(...Array.from({ length: 9 }, (_, index) => foreignRule(`r${index}`)));
    const wanted = inputsOf({ one: port, two: { ...port, expression: 'http.host in {"b.example.com"}' } });
    const failure = await zone
      .stack()
      .create(wanted)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(PartlyCreated);
    const { message, outputs } = failure as PartlyCreated;
    expect(message).toContain(
      "exceeded maximum number of rules in the phase http_request_origin: 11 out of 10",
    );
    expect(message).toContain("fix:     delete a rule that is not needed, or move the zone to a larger plan");
    expect(outputs).toEqual({ ...inputsOf({ one: port }), owner: OWNER });
    zone.edit((rules) => rules.slice(1));
    await zone.stack().update(outputs, wanted);
    expect(zone.refs).toEqual([
      ...Array.from({ length: 8 }, (_, index) => `r${index + 1}`),
      "ozilab:one",
      "ozilab:two",
    ]);
  });
});

describe("an update", () => {
  test("of one rule is one call, which keeps the rule's ID and place", async () => {
    const { zone, stack } = await deployed();
    const before = zone.rules;
    const calls = zone.calls;
    const wanted = inputsOf({ sni_0: sniRule("a.example.com", "c.example.com"), sni_1: B });
    expect(await stack.check(wanted, WANTED)).toEqual([]);
    expect(await stack.diff(STATE, wanted)).toEqual([
      { path: "rules.sni_0.expression", kind: "UPDATE", fromInputs: false },
    ]);
    await stack.update(STATE, wanted);
    expect(zone.rules).toEqual(
      before.map((rule) =>
        rule.ref === `${OWNER}_sni_0`
          ? { ...rule, expression: 'http.host in {"a.example.com" "c.example.com"}' }
          : rule,
      ),
    );
    expect(zone.callsSince(calls)).toEqual({
      "GET /phases/{phase}/entrypoint": 2,
      "PATCH /{ruleset}/rules/{rule}": 1,
    });
  });

  test("of several rules is one call each, and one read at the end", async () => {
    const { zone, stack } = await deployed();
    const wanted = inputsOf({ sni_0: B, sni_1: A });
    await stack.check(wanted, WANTED);
    const before = zone.calls;
    await stack.update(STATE, wanted);
    expect(zone.callsSince(before)).toEqual({
      "PATCH /{ruleset}/rules/{rule}": 2,
      "GET /phases/{phase}/entrypoint": 1,
    });
  });

  test("names rules that are added and removed", async () => {
    const { stack } = await deployed();
    expect(await stack.diff(STATE, inputsOf({ sni_1: B, sni_2: A }))).toEqual([
      { path: "rules.sni_0", kind: "DELETE", fromInputs: true },
      { path: "rules.sni_2", kind: "ADD", fromInputs: true },
    ]);
  });

  test("replaces the resource for another zone or phase", async () => {
    const { stack } = await deployed();
    expect(await stack.diff(STATE, { ...WANTED, zoneId: "z2" })).toEqual([
      { path: "zoneId", kind: "UPDATE_REPLACE", fromInputs: true },
    ]);
  });

  test("after the stack was renamed creates each rule with the new owner before it deletes the old one", async () => {
    const { zone } = await deployed();
    const seen: string[] = [];
    zone.after = (method) => seen.push(`${method} ${zone.refs.join(" ")}`);
    const renamed = zone.stack("newname");
    expect(await renamed.diff(STATE, WANTED)).toEqual([{ path: "rules", kind: "UPDATE", fromInputs: true }]);
    await renamed.update(STATE, WANTED);
    expect(seen.slice(1)).toEqual([
      "POST theirs ozilab:sni_0 ozilab:sni_1 last newname:sni_0",
      "DELETE theirs ozilab:sni_1 last newname:sni_0",
      "POST theirs ozilab:sni_1 last newname:sni_0 newname:sni_1",
      "DELETE theirs last newname:sni_0 newname:sni_1",
      "GET theirs last newname:sni_0 newname:sni_1",
    ]);
  });
});

describe("a refresh and an import", () => {
  test("read the stack's rules and no other", async () => {
    const { stack } = await deployed();
    const id = `${ZONE}/${PHASE}`;
    expect(await stack.read(id, STATE)).toEqual({ id, inputs: WANTED, outputs: STATE });
    expect(await stack.read(id)).toEqual({ id, inputs: WANTED, outputs: STATE });
  });

  test("read the rules of a renamed stack until its next update", async () => {
    const { zone } = await deployed();
    const id = `${ZONE}/${PHASE}`;
    expect(await zone.stack("newname").read(id, STATE)).toEqual({ id, inputs: WANTED, outputs: STATE });
  });

  test("keep the state of a rule that somebody disabled, so that the next diff reports it", async () => {
    const { zone, stack } = await deployed();
    zone.edit((rules) => rules.map((rule) => ({ ...rule, enabled: false })));
    const id = `${ZONE}/${PHASE}`;
    expect(await stack.read(id, STATE)).toEqual({ id, inputs: WANTED, outputs: STATE });
    expect(await stack.check(WANTED, WANTED)).toEqual([]);
    expect((await stack.diff(STATE, WANTED)).map(({ path }) => path)).toEqual(["rules.sni_0", "rules.sni_1"]);
    expect(zone.warnings).toHaveLength(2);
    expect(await stack.read(id)).toMatchObject({ outputs: { rules: { sni_0: { enabled: false } } } });
  });

  test("find nothing in a zone without the stack's rules, and reject another form of ID", async () => {
    const zone = new ZoneApi();
    zone.add(THEIRS);
    expect(await zone.stack().read(`${ZONE}/${PHASE}`)).toBeUndefined();
    await expect(zone.stack().read(`zones/${ZONE}/1`)).rejects.toThrow(
      /allowed: <zone ID>\/<phase>, with one of/,
    );
  });
});

describe("deletion", () => {
  test("removes the stack's rules and keeps the entry point and the rules of others", async () => {
    const { zone, stack } = await deployed();
    await stack.delete(STATE);
    expect(zone.rules).toEqual([THEIRS, foreignRule("last")]);
  });

  test("finds rules that were created since the last check", async () => {
    const zone = new ZoneApi();
    zone.add(THEIRS);
    const stack = zone.stack();
    await stack.check(WANTED);
    await stack.create(WANTED);
    await stack.delete(STATE);
    expect(zone.rules).toEqual([THEIRS]);
  });

  test("keeps an entry point that is empty then: somebody else may be adding a rule to it", async () => {
    const zone = new ZoneApi();
    await zone.stack().create(WANTED);
    await zone.stack().delete(STATE);
    expect([zone.rules, zone.calls["DELETE /{ruleset}"]]).toEqual([[], undefined]);
    await zone.stack().delete(STATE);
  });
});
