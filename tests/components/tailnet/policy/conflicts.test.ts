import { describe, expect, test } from "vitest";
import { conflictsWith } from "../../../../components/tailnet/policy/conflicts.ts";
import { requirePolicy } from "../../../../components/tailnet/policy/requirements.ts";
import { DATABASE, edge, exposing, policyFile } from "./sample-topology.ts";

const conflicts = (policy: object, topology = edge("group:platform")) =>
  conflictsWith(policyFile(policy), requirePolicy(topology));

describe("a policy that opens what must stay shut", () => {
  test("is told which rule lets which tag reach what, once for each rule and source", () => {
    expect(
      conflicts({
        acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }],
        grants: [
          { src: ["autogroup:member"], dst: ["*"], ip: ["*"] },
          { src: ["tag:k8s"], dst: ["tag:k8s"], ip: ["tcp:443"], srcPosture: ["posture:x"] },
        ],
      }),
    ).toEqual([
      {
        path: "base.hujson: acls[0]",
        found: "* → *:*, which lets tag:k8s reach tag:k8s-operator:443, tag:k8s:443",
        allowed:
          "a policy in which tag:k8s reaches nothing of the stack that it is not let into by allowFrom",
        fix: "narrow acls[0] to people or to other tags (autogroup:member instead of *), or name tag:k8s in that service's allowFrom",
      },
      {
        path: "base.hujson: grants[1]",
        found: "tag:k8s → tag:k8s → tcp:443, which lets tag:k8s reach tag:k8s:443",
        allowed:
          "a policy in which tag:k8s reaches nothing of the stack that it is not let into by allowFrom",
        fix: "narrow grants[1] to people or to other tags (autogroup:member instead of *), or name tag:k8s in that service's allowFrom",
      },
    ]);
  });

  test("names every tag that the rule lets in", () => {
    const policy = { grants: [{ src: ["autogroup:tagged"], dst: ["tag:k8s"], ip: ["443"] }] };
    expect(conflicts(policy, exposing(...edge().exposures, DATABASE)).map(({ found }) => found)).toEqual([
      "autogroup:tagged → tag:k8s → 443, which lets tag:ci reach tag:k8s:443",
      "autogroup:tagged → tag:k8s → 443, which lets tag:db reach tag:k8s:443",
      "autogroup:tagged → tag:k8s → 443, which lets tag:k8s reach tag:k8s:443",
    ]);
  });

  test.each([
    ["what the stack itself opens", { grants: [{ src: ["tag:ci"], dst: ["tag:db"], ip: ["tcp:5432"] }] }],
    ["people", { grants: [{ src: ["autogroup:member"], dst: ["*"], ip: ["*"] }] }],
    ["a tag that the stack does not know", { grants: [{ src: ["tag:x"], dst: ["*"], ip: ["*"] }] }],
    ["ports that the stack does not use", { grants: [{ src: ["*"], dst: ["*"], ip: ["22"] }] }],
  ])("reports no conflict for %s", (_, policy) => {
    expect(conflicts(policy, exposing(...edge().exposures, DATABASE))).toEqual([]);
  });
});

describe("a policy whose tests deny what the stack opens", () => {
  test("is told which test, and what opens it", () => {
    expect(
      conflicts({ tests: [{ src: "tag:x" }, { src: "group:platform", deny: ["tag:k8s:443"] }] }),
    ).toEqual([
      {
        path: "base.hujson: tests[1].deny",
        found:
          "group:platform must not reach tag:k8s:443, but the stack's allowFrom opens group:platform → tag:k8s → tcp:443",
        allowed: "a stack that opens nothing which the policy's own tests deny",
        fix: "take group:platform out of that service's allowFrom, or tag:k8s:443 out of tests[1].deny",
      },
    ]);
  });

  test("is told so of a member of the group that is let in, and by the older name of src", () => {
    const groups = { "group:platform": ["alice@example.com"] };
    const tests = [{ user: "alice@example.com", deny: ["tag:k8s:80", "tag:k8s:443"] }];
    expect(conflicts({ groups, tests }).map(({ path, found }) => ({ path, found }))).toEqual([
      {
        path: "base.hujson: tests[0].deny",
        found:
          "alice@example.com must not reach tag:k8s:443, but the stack's allowFrom opens group:platform → tag:k8s → tcp:443",
      },
    ]);
  });

  test.each([
    ["another source", { src: "bob@example.com", deny: ["tag:k8s:443"] }],
    ["another port", { src: "group:platform", deny: ["tag:k8s:80"] }],
    ["another tag", { src: "group:platform", deny: ["tag:db:443"] }],
    ["another protocol", { src: "group:platform", proto: "udp", deny: ["tag:k8s:443"] }],
    ["what it accepts", { src: "group:platform", accept: ["tag:k8s:443"] }],
  ])("reports no conflict for %s", (_, test) => {
    expect(conflicts({ tests: [test] })).toEqual([]);
  });
});

describe("a policy with the older name of an autogroup", () => {
  const policy = { grants: [{ src: ["autogroup:members"], dst: ["autogroup:self"], ip: ["*"] }] };

  test("is refused by Tailscale beside the newer one, and so here", () => {
    expect(conflicts(policy, edge("autogroup:member"))).toEqual([
      {
        path: "base.hujson",
        found: "autogroup:members, but the stack's allowFrom has it as autogroup:member",
        allowed: "one of the two names in a policy file (Tailscale, tailnet policy syntax, autogroups)",
        fix: "write autogroup:member all over the file; it means the same",
      },
    ]);
  });

  test("is as good as any where the stack does not use the newer one", () => {
    expect(conflicts(policy)).toEqual([]);
  });
});
