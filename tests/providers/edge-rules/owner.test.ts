import fc from "fast-check";
import { expect, test } from "vitest";
import { formerRefs, nameOf, nameOfAnyOwner, ownerOf, refOf } from "../../../providers/edge-rules/owner.ts";

test("an owner has the stack's name, and differs for each project and stack", () => {
  const owners = [
    ["tailnet-edge", "ozilab"],
    ["other", "ozilab"],
    ["tailnet-edge", "Ozi.lab"],
    ["tailnet-edge/a", "b"],
    ["tailnet-edge", "a".repeat(100)],
  ].map(([project = "", stack = ""]) => ownerOf({ project, stack }));
  expect(owners.map((owner) => owner.replace(/[0-9a-f]{8}$/, ""))).toEqual([
    "tailnet_edge_ozilab",
    "tailnet_edge_ozilab",
    "tailnet_edge_ozilab",
    "tailnet_edge_b",
    `tailnet_edge_${"a".repeat(24)}`,
  ]);
  expect(new Set(owners).size).toBe(owners.length);
});

test("a rule belongs to one owner only, whatever the stacks and rules are called", () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,30}$/);
  fc.assert(
    fc.property(name, name, fc.stringMatching(/^[a-z0-9_]{1,20}$/), (stack, other, rule) => {
      fc.pre(stack !== other);
      const [owner, stranger] = [stack, other].map((one) => ownerOf({ project: "p", stack: one }));
      const ref = refOf(owner ?? "", rule);
      expect([nameOf(owner ?? "", ref), nameOf(stranger ?? "", ref)]).toEqual([rule, undefined]);
      expect([nameOfAnyOwner(ref), nameOfAnyOwner("by-hand")]).toEqual([rule, undefined]);
      expect(ref).toMatch(/^[a-z0-9_]+$/);
    }),
  );
});

test("of a former version's state, only refs that such a version wrote are the stack's", () => {
  const rules = [
    { ref: "tailnet_edge_sni_0" },
    { ref: "tailnet_edge_strict_tls_12" },
    { ref: "tailnet_edge_https_1" },
    { ref: "by-hand" },
    { ref: "tailnet_edge_sni_0_mine" },
    { ref: `${ownerOf({ project: "p", stack: "s" })}_sni_0` },
    {},
  ];
  expect(formerRefs({ rules })).toEqual([
    "tailnet_edge_sni_0",
    "tailnet_edge_strict_tls_12",
    "tailnet_edge_https_1",
  ]);
  expect([formerRefs({ rules: { sni_0: {} } }), formerRefs({})]).toEqual([[], []]);
});
