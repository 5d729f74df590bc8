import { describe, expect, test } from "vitest";
import { plan } from "../../../providers/edge-rules/planner.ts";
import type { LiveRule, Phase, WrittenRule } from "../../../providers/edge-rules/rule.ts";

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
const calls = (
  entryPoint: ReturnType<typeof live> | undefined,
  rules: readonly WrittenRule[],
  phase: Phase = ORIGIN,
) => plan(entryPoint, { phase, rules, owns: (ref) => ref.startsWith("own_") });

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

  test("are created first, then changed, then deleted", () => {
    const changed = sni("own_b", "c.example.com");
    expect(calls(live(B, THEIRS, sni("own_old", "a.example.com")), [A, changed])).toEqual([
      { kind: "create-rule", rule: A },
      { kind: "update-rule", id: "id-own_b", rule: changed, fields: ["expression", "description"] },
      { kind: "delete-rule", id: "id-own_old", ref: "own_old" },
    ]);
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
    expect(calls(live(others, theirs), [own], REDIRECT)).toEqual([
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
