import { describe, expect, test } from "vitest";
import { conflictIssues } from "../../../../components/tailnet/policy/conflicts.ts";
import { deriveRequirements } from "../../../../components/tailnet/policy/requirements.ts";
import { DATABASE, edge, exposing, policyFile } from "./sample-topology.ts";

const conflicts = (policy: object, topology = edge("group:platform")) =>
  conflictIssues(policyFile(policy), deriveRequirements(topology));

describe("a policy that allows access which the stack must deny", () => {
  test("names the rule, the tag and what it reaches, once per rule and source", () => {
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
        allowed: "a policy in which tag:k8s reaches only what an allowFrom of the stack grants it",
        fix: "limit acls[0] to people or to other tags (autogroup:member instead of *), or add tag:k8s to that service's allowFrom",
      },
      {
        path: "base.hujson: grants[1]",
        found: "tag:k8s → tag:k8s → tcp:443, which lets tag:k8s reach tag:k8s:443",
        allowed: "a policy in which tag:k8s reaches only what an allowFrom of the stack grants it",
        fix: "limit grants[1] to people or to other tags (autogroup:member instead of *), or add tag:k8s to that service's allowFrom",
      },
    ]);
  });

  test("names every tag that the rule allows", () => {
    const policy = { grants: [{ src: ["autogroup:tagged"], dst: ["tag:k8s"], ip: ["443"] }] };
    expect(conflicts(policy, exposing(...edge().exposures, DATABASE)).map(({ found }) => found)).toEqual([
      "autogroup:tagged → tag:k8s → 443, which lets tag:ci reach tag:k8s:443",
      "autogroup:tagged → tag:k8s → 443, which lets tag:db reach tag:k8s:443",
      "autogroup:tagged → tag:k8s → 443, which lets tag:k8s reach tag:k8s:443",
    ]);
  });

  test.each([
    [
      "access that the stack itself grants",
      { grants: [{ src: ["tag:ci"], dst: ["tag:db"], ip: ["tcp:5432"] }] },
    ],
    ["people", { grants: [{ src: ["autogroup:member"], dst: ["*"], ip: ["*"] }] }],
    ["a tag that the stack does not know", { grants: [{ src: ["tag:x"], dst: ["*"], ip: ["*"] }] }],
    ["ports that the stack does not use", { grants: [{ src: ["*"], dst: ["*"], ip: ["22"] }] }],
  ])("reports no conflict for %s", (_, policy) => {
    expect(conflicts(policy, exposing(...edge().exposures, DATABASE))).toEqual([]);
  });
});

describe("a policy and the UDP ports of a stack", () => {
  const dns = exposing({ ...DATABASE, ports: [], udpPorts: [53] });

  test.each([
    ["udp", ["tests[0].deny"]],
    [undefined, ["tests[0].deny"]],
    ["tcp", []],
  ])("contradict each other if a test with proto %s denies them", (proto, places) => {
    const test = { src: "tag:ci", deny: ["tag:db:53"], ...(proto !== undefined && { proto }) };
    const paths = conflicts({ tests: [test] }, dns).map(({ path }) => path);
    expect(paths).toEqual(places.map((place) => `base.hujson: ${place}`));
  });

  test.each([
    ["udp:53", 1],
    ["tcp:53", 0],
  ])("contradict each other if a grant of %s opens them to a proxy", (ip, count) => {
    const grants = [{ src: ["tag:k8s"], dst: ["tag:db"], ip: [ip] }];
    expect(conflicts({ grants }, dns)).toHaveLength(count);
  });
});

describe("a policy whose tests deny access that the stack grants", () => {
  test("names the test, and what grants the access", () => {
    expect(
      conflicts({ tests: [{ src: "tag:x" }, { src: "group:platform", deny: ["tag:k8s:443"] }] }),
    ).toEqual([
      {
        path: "base.hujson: tests[1].deny",
        found:
          "group:platform must not reach tag:k8s:443, but the stack's allowFrom grants group:platform → tag:k8s → tcp:443",
        allowed: "a stack that grants nothing that the policy's own tests deny",
        fix: "remove group:platform from that service's allowFrom, or tag:k8s:443 from tests[1].deny",
      },
    ]);
  });

  test("includes members of a group with access, and the older name of src", () => {
    const groups = { "group:platform": ["alice@example.com"] };
    const tests = [{ user: "alice@example.com", deny: ["tag:k8s:80", "tag:k8s:443"] }];
    expect(conflicts({ groups, tests }).map(({ path, found }) => ({ path, found }))).toEqual([
      {
        path: "base.hujson: tests[0].deny",
        found:
          "alice@example.com must not reach tag:k8s:443, but the stack's allowFrom grants group:platform → tag:k8s → tcp:443",
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

  test("is rejected beside the newer one, as Tailscale does", () => {
    expect(conflicts(policy, edge("autogroup:member"))).toEqual([
      {
        path: "base.hujson",
        found: "autogroup:members, but the stack's allowFrom uses autogroup:member",
        allowed: "only one of the two names in a policy file (Tailscale, tailnet policy syntax, autogroups)",
        fix: "replace autogroup:members by autogroup:member in the whole file; both mean the same",
      },
    ]);
  });

  test("is accepted if the stack does not use the newer one", () => {
    expect(conflicts(policy)).toEqual([]);
  });
});
