import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { namedHosts } from "../../../providers/edge-rules/named-hosts.ts";
import { type Call, plan } from "../../../providers/edge-rules/planner.ts";
import type { EntryPoint, LiveRule, Phase, WrittenRule } from "../../../providers/edge-rules/rule.ts";

const ORIGIN: Phase = "http_request_origin";
const REDIRECT: Phase = "http_request_dynamic_redirect";

function sni(ref: string, host: string, value = "edge.tail1234.ts.net"): WrittenRule {
  return {
    ref,
    action: "route",
    expression: `http.host in {"${host}"}`,
    action_parameters: { sni: { value } },
    description: `SNI of ${host}`,
    enabled: true,
  };
}

function redirect(ref: string, expression: string): WrittenRule {
  return { ...sni(ref, ""), action: "redirect", expression, action_parameters: { from_value: {} } };
}

const live = (...rules: readonly WrittenRule[]) => ({
  id: "set",
  version: "1",
  rules: rules.map((rule): LiveRule => ({ ...rule, id: `id-${rule.ref}` })),
});
const calls = (entryPoint: EntryPoint | undefined, rules: readonly WrittenRule[], phase: Phase = ORIGIN) =>
  plan(entryPoint, { phase, rules, owns: (ref) => ref.startsWith("own_") });

const A = sni("own_a", "a.example.com");
const B = sni("own_b", "b.example.com");
const THEIRS = sni("theirs", "other.example.com", "elsewhere.example.net");

describe("a phase without an entry point", () => {
  test("gets one with all rules in one call", () => {
    expect(calls(undefined, [A, B])).toEqual([{ kind: "create-entry-point", rules: [A, B] }]);
  });

  test("gets none for no rules", () => {
    expect(calls(undefined, [])).toEqual([]);
  });
});

describe("rules of a stack among those of others", () => {
  test("need no call if they are as wanted, whatever others have", () => {
    expect(calls(live(THEIRS, A, { ...THEIRS, ref: "last", enabled: false }, B), [B, A])).toEqual([]);
  });

  test("are created first, then changed, and deleted as soon as no later call replaces them", () => {
    const changed = sni("own_b", "c.example.com");
    const creation = { kind: "create-rule", rule: A };
    const update = {
      kind: "update-rule",
      id: "id-own_b",
      rule: changed,
      fields: ["expression", "description"],
    };
    const deletion = { kind: "delete-rule", id: "id-own_old", ref: "own_old" };
    const old = (expression: string, edit = {}) =>
      live(B, THEIRS, { ...A, ref: "own_old", expression, ...edit });
    const wanted = [A, changed];
    expect(calls(old('http.host eq "gone.example.com"'), wanted)).toEqual([deletion, creation, update]);
    expect(calls(old(A.expression), wanted)).toEqual([creation, deletion, update]);
    expect(calls(old(changed.expression), wanted)).toEqual([creation, update, deletion]);
    expect(calls(old("true"), wanted)).toEqual([creation, update, deletion]);
    expect(calls(old(`not ssl and ${A.expression}`), wanted)).toEqual([creation, deletion, update]);
    // Until it is deleted, a rule with another field may be what a hostname needs.
    expect(calls(old(A.expression, { action_parameters: { origin: { port: 1 } } }), wanted)).toEqual([
      creation,
      deletion,
      update,
    ]);
  });

  test("need room for one more rule while each gets another ref, and none for the hosts that stay", () => {
    const old = [A, B, sni("own_c", "c.example.com")];
    const wanted = old.map((rule) => ({ ...rule, ref: `${rule.ref}_new` }));
    expect(calls(live(...old), wanted).map(({ kind }) => kind)).toEqual(
      old.flatMap(() => ["create-rule", "delete-rule"]),
    );
  });

  test.each([
    ["expression", { expression: "true" }],
    ["action", { action: "skip" }],
    ["actionParameters", { action_parameters: { sni: { value: "x" }, host_header: "y" } }],
    ["description", { description: "edited" }],
    ["enabled", { enabled: false }],
  ])("are changed back if somebody changed their %s", (field, edit) => {
    expect(calls(live(THEIRS, { ...A, ...edit }), [A])).toEqual([
      { kind: "update-rule", id: "id-own_a", rule: A, fields: [field] },
    ]);
  });

  test("are deleted without any other rule", () => {
    expect(calls(live(THEIRS, A, B), [])).toEqual([
      { kind: "delete-rule", id: "id-own_a", ref: "own_a" },
      { kind: "delete-rule", id: "id-own_b", ref: "own_b" },
    ]);
  });
});

test("a hostname that stays has a rule after every call, however the hostnames are divided among rules", () => {
  const hosts = ["a", "b", "c", "d", "e", "f"].map((name) => `${name}.example.com`);
  // Each host is in one of four rules, or in none.
  const division = fc.array(fc.nat(4), { minLength: hosts.length, maxLength: hosts.length });
  const rulesOf = (prefix: string, slots: readonly number[]): readonly WrittenRule[] =>
    [...Map.groupBy(hosts, (_, index) => slots[index] ?? 0)].flatMap(([slot, members]) =>
      slot === 0
        ? []
        : [{ ...A, ref: `${prefix}${slot}`, expression: `http.host in {"${members.join('" "')}"}` }],
    );
  const served = (rules: readonly { readonly expression?: string }[]) =>
    rules.flatMap(({ expression = "" }) => namedHosts(expression));
  fc.assert(
    fc.property(division, division, (before, after) => {
      const wanted = rulesOf("own_new_", after);
      let entryPoint: EntryPoint = live(THEIRS, ...rulesOf("own_old_", before));
      const kept = served(entryPoint.rules).filter((host) => served(wanted).includes(host));
      for (;;) {
        const [next] = calls(entryPoint, wanted);
        if (next === undefined) break;
        entryPoint = { ...entryPoint, rules: carriedOut(entryPoint.rules, next) };
        expect(served(entryPoint.rules)).toEqual(expect.arrayContaining(kept));
      }
      expect(entryPoint.rules.map(({ ref }) => ref).toSorted()).toEqual(
        ["theirs", ...wanted.map(({ ref }) => ref)].toSorted(),
      );
    }),
  );
});

function carriedOut(rules: readonly LiveRule[], call: Call): readonly LiveRule[] {
  if (call.kind === "create-rule") return [...rules, { ...call.rule, id: `id-${call.rule.ref}` }];
  if (call.kind === "delete-rule") return rules.filter(({ id }) => id !== call.id);
  throw new Error(`unexpected ${call.kind}`);
}

describe("where the last match decides", () => {
  const rival = sni("rival", "a.example.com", "elsewhere.example.net");
  const everything = { ...rival, ref: "everything", expression: "true" };

  test("a rule moves behind the last rule of others that sets the same field for the same host", () => {
    expect(calls(live(A, rival, THEIRS, everything, B), [A, B])).toEqual([
      { kind: "update-rule", id: "id-own_a", rule: A, fields: [], position: { after: "id-everything" } },
    ]);
    expect(calls(live(THEIRS, everything, rival, A), [A])).toEqual([]);
  });

  test("a new rule goes to the end", () => {
    expect(calls(live(rival, everything), [A])).toEqual([{ kind: "create-rule", rule: A }]);
  });

  test.each([
    ["is disabled", { enabled: false }],
    ["sets another field", { action_parameters: { origin: { port: 8443 } } }],
    ["matches other hosts", { expression: 'http.host eq "b.example.com"' }],
    ["may match other requests only", { expression: "ssl" }],
  ])("a rule stays in front of one that %s", (_, edit) => {
    expect(calls(live(A, { ...rival, ...edit }), [A])).toEqual([]);
  });

  test("a rule moves behind one that surely matches its second host, and possibly its first", () => {
    const own = { ...A, expression: 'http.host in {"a.example.com" "b.example.com"}' };
    const expression = 'http.host eq "b.example.com" or (http.host eq "a.example.com" and ssl)';
    expect(calls(live(own, { ...rival, expression }), [own])).toMatchObject([
      { position: { after: "id-rival" } },
    ]);
  });

  test("a Host override counts as an SNI, and a header by its name in any case", () => {
    const host = { ...rival, action_parameters: { host_header: "x" } };
    expect(calls(live(A, host), [A])).toMatchObject([{ position: { after: "id-rival" } }]);
    const header = (rule: WrittenRule, name: string) => ({
      ...rule,
      action_parameters: { headers: { [name]: {} } },
    });
    const own = header(A, "X-Secret");
    expect(calls(live(own, header(rival, "x-secret")), [own])).toMatchObject([
      { position: { after: "id-rival" } },
    ]);
    expect(calls(live(own, header(rival, "x-other")), [own])).toEqual([]);
  });
});

describe("where the first match decides", () => {
  const own = redirect("own_https", 'not ssl and http.host in {"a.example.com"}');
  const theirs = redirect("theirs", 'http.host eq "a.example.com"');
  const others = redirect("others", 'http.host eq "b.example.com"');

  test("a new rule goes before the first rule of others that redirects the same host", () => {
    expect(calls(live(others, theirs, { ...theirs, ref: "second" }), [own], REDIRECT)).toEqual([
      { kind: "create-rule", rule: own, position: { before: "id-theirs" } },
    ]);
    expect(calls(live(others), [own], REDIRECT)).toEqual([{ kind: "create-rule", rule: own }]);
  });

  test("a rule moves before such a rule, and stays if it is before it", () => {
    expect(calls(live(others, theirs, own), [own], REDIRECT)).toEqual([
      { kind: "update-rule", id: "id-own_https", rule: own, fields: [], position: { before: "id-theirs" } },
    ]);
    expect(calls(live(own, theirs), [own], REDIRECT)).toEqual([]);
  });
});
