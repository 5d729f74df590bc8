import { describe, expect, test } from "vitest";
import { ownerOf } from "../../../providers/edge-rules/owner.ts";
import { PartlyCreated, UNKNOWN } from "../../../providers/protocol/local-resource.ts";
import {
  foreignRule,
  FUNNEL,
  inputsOf,
  PHASE,
  REDIRECT_PHASE,
  redirectRule,
  sniRule,
  ZONE,
  ZoneApi,
} from "./zone-api.ts";

const A = sniRule("a.example.com");
const B = sniRule("b.example.com");
const WANTED = inputsOf({ sni_0: A, sni_1: B });
const OWNER = ownerOf({ project: "tailnet-edge", stack: "ozilab" });
const STATE = { ...WANTED, owner: OWNER };
const THEIRS = foreignRule("theirs");

/** A zone with a rule of somebody else on each side of the stack's rules. */
async function deployed() {
  const zone = new ZoneApi();
  zone.add(THEIRS);
  const stack = zone.stack();
  await stack.create(WANTED);
  zone.add(foreignRule("last"));
  return { zone, stack };
}

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

describe("a call that fails for a temporary reason", () => {
  const failing = (zone: ZoneApi, times: number, response: () => Response) => {
    let left = times;
    zone.before = (method) => (method === "PATCH" && left-- > 0 ? response() : undefined);
  };
  const changed = inputsOf({ sni_0: sniRule("c.example.com"), sni_1: B });

  test("is made again after the time that Cloudflare asks for", async () => {
    const { zone, stack } = await deployed();
    failing(zone, 1, () => new Response("{}", { status: 429, headers: { "retry-after": "7" } }));
    await stack.update(STATE, changed);
    expect([zone.waits, zone.rules[1]?.expression]).toEqual([[7000], 'http.host in {"c.example.com"}']);
  });

  test.each([409, 429, 500, 503])("is made again after an answer %d", async (status) => {
    const { zone, stack } = await deployed();
    failing(zone, 1, () => new Response("{}", { status }));
    await stack.update(STATE, changed);
    expect([zone.waits, zone.rules[1]?.expression]).toEqual([[250], 'http.host in {"c.example.com"}']);
  });

  test("is made again later each time, and reported after the fourth time", async () => {
    const { zone, stack } = await deployed();
    const before = zone.rules;
    failing(zone, 9, () => Response.json({ errors: [{ code: 10000, message: "oops" }] }, { status: 503 }));
    await expect(stack.update(STATE, changed)).rejects.toThrow("found:   Cloudflare answers 503: 10000 oops");
    expect([zone.waits, zone.rules]).toEqual([[250, 500, 1000, 2000], before]);
  });

  test("is not made twice if it was carried out without an answer", async () => {
    const { zone, stack } = await deployed();
    let isCut = false;
    zone.after = (method) => {
      if (method !== "POST" || isCut) return;
      isCut = true;
      throw new Error("socket hang up");
    };
    await stack.update(STATE, inputsOf({ sni_0: A, sni_1: B, sni_2: sniRule("c.example.com") }));
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1", "last", "ozilab:sni_2"]);
    expect(zone.calls["POST /{ruleset}/rules"]).toBe(3);
  });

  test("or that is answered without the ruleset, is followed by a read", async () => {
    const { zone, stack } = await deployed();
    let answered = 0;
    zone.replace = (method, response) =>
      method === "DELETE" && answered++ < 1 ? new Response(null, { status: 204 }) : response;
    await stack.delete(STATE);
    expect([zone.refs, zone.waits]).toEqual([["theirs", "last"], [250]]);
  });

  test("does not wait longer than five minutes", async () => {
    const { zone, stack } = await deployed();
    failing(zone, 1, () => new Response("{}", { status: 429, headers: { "retry-after": "301" } }));
    await expect(stack.update(STATE, changed)).rejects.toThrow("Cloudflare answers 429");
    expect(zone.waits).toEqual([]);
  });
});

describe("another writer", () => {
  test.each([
    [
      "changes a rule",
      inputsOf({ sni_0: sniRule("a.example.com", "c.example.com"), sni_1: B }),
      { "GET /phases/{phase}/entrypoint": 3, "PATCH /{ruleset}/rules/{rule}": 2 },
    ],
    [
      "creates a rule",
      inputsOf({ sni_0: A, sni_1: B, sni_2: sniRule("c.example.com") }),
      { "GET /phases/{phase}/entrypoint": 3, "POST /{ruleset}/rules": 2 },
    ],
    [
      "deletes a rule",
      inputsOf({ sni_0: A }),
      { "GET /phases/{phase}/entrypoint": 3, "DELETE /{ruleset}/rules/{rule}": 2 },
    ],
  ])("that undoes the only call, which %s, is noticed, and the call made again", async (_, wanted, calls) => {
    const { zone, stack } = await deployed();
    const writeWhole = await zone.wholeWriter();
    let isUndone = false;
    zone.after = async (method) => {
      if (method === "GET" || isUndone) return;
      isUndone = true;
      await writeWhole(foreignRule("new"));
    };
    const before = zone.calls;
    await stack.update(STATE, wanted);
    expect(zone.callsSince(before)).toEqual({ ...calls, "PUT /phases/{phase}/entrypoint": 1 });
    const own = zone.rules.filter(({ ref }) => ref.startsWith(OWNER));
    const { rules } = wanted as { readonly rules: Readonly<Record<string, object>> };
    expect(own.map(({ ref }) => ref.slice(OWNER.length + 1))).toEqual(Object.keys(rules));
    expect(own).toMatchObject(Object.values(rules));
    expect(zone.refs.filter((ref) => !ref.startsWith("ozilab:"))).toEqual(["theirs", "last", "new"]);
  });

  test("that undoes every call is reported after five times", async () => {
    const { zone, stack } = await deployed();
    const writeWhole = await zone.wholeWriter();
    zone.after = async (method) => {
      if (method !== "GET") await writeWhole(foreignRule("new"));
    };
    const before = zone.calls;
    await expect(stack.update(STATE, inputsOf({ sni_0: A }))).rejects.toThrow(
      [
        `  rules of phase http_request_origin in zone ${ZONE}`,
        "    found:   other writers undo this stack's changes each time that it makes them",
        "    allowed: other writers that keep the rules that they do not own",
        "    fix:     stop the tool that writes the whole phase, such as Terraform's `cloudflare_ruleset`, and run `pulumi up` again",
      ].join("\n"),
    );
    expect(zone.callsSince(before)).toMatchObject({ "DELETE /{ruleset}/rules/{rule}": 6 });
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_0", "ozilab:sni_1", "last", "new"]);
  });

  test("of nothing: a read that is older than the answer to the last call is not taken for an undone call", async () => {
    const { zone, stack } = await deployed();
    const old = await zone.entryPoint("GET");
    let written = 0;
    zone.replace = (method, response) => {
      if (method !== "GET") written += 1;
      return method === "GET" && written > 0 ? old : response;
    };
    const before = zone.calls;
    await stack.update(STATE, inputsOf({ sni_0: A, sni_1: B, sni_2: sniRule("c.example.com") }));
    expect(zone.callsSince(before)).toMatchObject({ "POST /{ruleset}/rules": 1 });
  });

  test("that undoes a call with a write of an older version is noticed, and the call made again", async () => {
    const { zone, stack } = await deployed();
    const stale = zone.rules;
    let writes = 0;
    zone.after = (method) => {
      if (method !== "POST") return;
      writes += 1;
      // Their write was based on what they read before this stack's first one.
      if (writes === 1) zone.edit(() => [...stale, foreignRule("new")]);
    };
    const wanted = inputsOf({
      sni_0: A,
      sni_1: B,
      sni_2: sniRule("c.example.com"),
      sni_3: sniRule("d.example.com"),
    });
    await stack.update(STATE, wanted);
    expect(zone.refs.toSorted()).toEqual(
      ["last", "new", "ozilab:sni_0", "ozilab:sni_1", "ozilab:sni_2", "ozilab:sni_3", "theirs"].toSorted(),
    );
  });

  test("that was noticed once may write again: the rules are read once more at the end, and repaired", async () => {
    const { zone, stack } = await deployed();
    const stale = zone.rules;
    let writes = 0;
    zone.after = (method) => {
      if (method !== "POST") return;
      writes += 1;
      if (writes === 1) zone.add(foreignRule("new"));
      // This write comes after the last call of the update.
      if (writes === 2) zone.edit(() => [...stale, foreignRule("new")]);
    };
    await stack.update(STATE, inputsOf({ sni_0: A, sni_1: B, sni_2: A, sni_3: B }));
    expect(zone.refs).toEqual([
      ...["theirs", "ozilab:sni_0", "ozilab:sni_1", "last", "new"],
      ...["ozilab:sni_2", "ozilab:sni_3"],
    ]);
  });

  test("that deletes a rule while it is being changed does not stop the update", async () => {
    const { zone, stack } = await deployed();
    await stack.check(WANTED, WANTED);
    zone.edit((rules) => rules.filter(({ ref }) => ref !== `${OWNER}_sni_0`));
    await stack.update(STATE, inputsOf({ sni_0: sniRule("c.example.com"), sni_1: B }));
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_1", "last", "ozilab:sni_0"]);
  });

  test("that deletes the rule behind which one moves does not stop the update", async () => {
    const { zone, stack } = await deployed();
    const rival = { expression: 'http.host eq "a.example.com"', actionParameters: { sni: { value: "x" } } };
    zone.add(foreignRule("first", rival), foreignRule("second", rival));
    await stack.check(WANTED, WANTED);
    zone.edit((rules) => rules.filter(({ ref }) => ref !== "second"));
    const before = zone.calls;
    await stack.update(STATE, WANTED);
    expect(zone.refs).toEqual(["theirs", "ozilab:sni_1", "last", "first", "ozilab:sni_0"]);
    // Refused, read, moved, and read at the end.
    expect([zone.callsSince(before), zone.waits]).toEqual([
      { "GET /phases/{phase}/entrypoint": 2, "PATCH /{ruleset}/rules/{rule}": 2 },
      [],
    ]);
  });

  test("that deletes the rule before which a new one goes does not stop the creation", async () => {
    const zone = new ZoneApi("enterprise", REDIRECT_PHASE);
    const rival = { ...redirectRule("a.example.com"), expression: 'http.host eq "a.example.com"' };
    zone.add(foreignRule("first", rival), foreignRule("second", rival));
    const wanted = inputsOf({ https_0: redirectRule("a.example.com") }, REDIRECT_PHASE);
    const stack = zone.stack();
    await stack.check(wanted);
    zone.edit((rules) => rules.filter(({ ref }) => ref !== "first"));
    await stack.create(wanted);
    expect([zone.refs, zone.waits]).toEqual([["ozilab:https_0", "second"], []]);
  });

  test("is not the reason if a call is refused whose position exists", async () => {
    const { zone, stack } = await deployed();
    const rival = { expression: 'http.host eq "a.example.com"', actionParameters: { sni: { value: "x" } } };
    zone.add(foreignRule("rival", rival));
    let writes = 0;
    zone.before = (method) => {
      if (method === "GET") return undefined;
      writes += 1;
      return Response.json({ errors: [{ code: 20007, message: "invalid" }] }, { status: 400 });
    };
    await expect(stack.update(STATE, WANTED)).rejects.toThrow(
      "found:   Cloudflare answers 400: 20007 invalid",
    );
    expect([writes, zone.waits]).toEqual([1, []]);
  });

  test("of another stack works in the same zone at the same time", async () => {
    const zone = new ZoneApi();
    const names = ["ozilab", "tazlab", "third"];
    await Promise.all(
      names.map((name) => zone.stack(name).create(inputsOf({ sni_0: sniRule(`${name}.example.com`) }))),
    );
    expect(zone.refs.toSorted()).toEqual(names.map((name) => `${name}:sni_0`));
    await zone.stack("tazlab").delete({ ...inputsOf({}), owner: "-" });
    expect(zone.refs.toSorted()).toEqual(["ozilab:sni_0", "third:sni_0"]);
  });
});

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

test("the credential and the Funnel's name are in no message", async () => {
  const zone = new ZoneApi();
  zone.before = () => new Response("not JSON", { status: 500 });
  const failure = (await zone
    .stack("ozilab", "secret-token")
    .create(WANTED)
    .catch((error: unknown) => error)) as Error;
  expect(failure.message).toContain("Cloudflare answers 500");
  expect(failure.message).not.toMatch(new RegExp(`secret-token|${FUNNEL}`));
});
