import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { DATABASE, edge, exposing } from "./sample-topology.ts";

const COMMENTED = `// Head of the file.
/* Before the policy. */ {
  // Before a section.
  "groups": /* before a value */ {
    "group:platform": ["alice@example.com" /* after a member, no comma */],
  }, // after a comma
  "TagOwners": { // after an opening brace
    "tag:k8s": ["group:platform"], // after an owner list
    "tag:ci": [],
    // Last in an object.
  },
  "ACLs": [
    // First in an array.
    {"action": "accept", "src": ["autogroup:owner"], "dst": ["*:*"]} // after an element, no comma
    // Last in an array.
  ],
  "grants": [/* alone in an array */],
  "tests": [{"src": "alice@example.com", "accept": ["tag:k8s:443"]}, /* after a trailing comma */],
  "randomizeClientPort": true
  // Last in the policy.
} // After the policy.
// Foot of the file.
`;

/** The message of the UserError that a function throws. */
function rejection(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return expect.unreachable("nothing was thrown");
}

describe("buildPolicy", () => {
  test("without a base file contains only what the topology needs", async () => {
    await expect(buildPolicy(edge("alice@example.com"))).toMatchFileSnapshot("../goldens/edge.policy.hujson");
  });

  test("keeps every comment in its place", async () => {
    const topology = exposing(...edge("group:platform", "autogroup:member").exposures, DATABASE);
    const merged = buildPolicy(topology, { source: "base.hujson", text: COMMENTED });
    await expect(merged).toMatchFileSnapshot("../goldens/commented.policy.hujson");
  });

  test("reports a syntax issue with its line and column", () => {
    const text = '{\n\t"acls": [,]\n}\n';
    expect(rejection(() => buildPolicy(edge(), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has 1 issue

  base.hujson:2:11
    found:   ValueExpected
    allowed: HuJSON: JSON with // and /* */ comments and trailing commas
    fix:     fix the syntax there`,
    );
  });

  test("reports a duplicate key", () => {
    const text = '{\n\t"acls": [],\n\t"acls": []\n}\n';
    expect(rejection(() => buildPolicy(edge(), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has 1 issue

  base.hujson:3:2
    found:   a second key acls
    allowed: each key once: the later one would silently replace the earlier one
    fix:     merge the two entries into one`,
    );
  });

  test("reports every section of a wrong type", () => {
    const text = '{"acls": {}, "tagOwners": []}';
    expect(rejection(() => buildPolicy(edge(), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has 2 issues

  base.hujson: tagOwners
    found:   array
    allowed: what Tailscale's policy syntax allows there: record
    fix:     fix this entry; the policy was not uploaded

  base.hujson: acls
    found:   object
    allowed: what Tailscale's policy syntax allows there: array
    fix:     fix this entry; the policy was not uploaded`,
    );
  });

  test("reports contradictions in both directions, and both sides of each", () => {
    const text = JSON.stringify({
      groups: { "group:platform": [] },
      acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }],
      tests: [{ src: "group:platform", deny: ["tag:k8s:443"] }],
    });
    expect(rejection(() => buildPolicy(edge("group:platform"), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has 2 issues

  base.hujson: acls[0]
    found:   * → *:*, which lets tag:k8s reach tag:k8s-operator:443, tag:k8s:443
    allowed: a policy in which tag:k8s reaches only what an allowFrom of the stack grants it
    fix:     limit acls[0] to people or to other tags (autogroup:member instead of *), or add tag:k8s to that service's allowFrom

  base.hujson: tests[0].deny
    found:   group:platform must not reach tag:k8s:443, but the stack's allowFrom grants group:platform → tag:k8s → tcp:443
    allowed: a stack that grants nothing that the policy's own tests deny
    fix:     remove group:platform from that service's allowFrom, or tag:k8s:443 from tests[0].deny`,
    );
  });
});

describe("verifyPolicy", () => {
  const verify = (text: string) => {
    verifyPolicy(edge("group:platform"), { source: "the live policy", text });
  };

  test("accepts a complete policy in any notation", () => {
    expect(() => {
      verify(`{
        "groups": {"group:platform": []},
        "TagOwners": {"tag:k8s": ["tag:k8s-operator", "alice@example.com"], "tag:k8s-operator": ["group:x"]},
        "NodeAttrs": [{"target": ["*"], "attr": ["funnel"]}], // for everyone
        "ACLs": [{"action": "accept", "users": ["group:platform"], "ports": ["tag:k8s:*"]}],
        "Tests": [
          {"src": "group:platform", "accept": ["tag:k8s:443", "tag:x:1"]},
          {"src": "tag:k8s", "deny": ["tag:k8s:443"]},
          {"src": "tag:k8s", "deny": ["tag:k8s-operator:443"]},
        ],
      }`);
    }).not.toThrow();
  });

  test("fails with exactly the missing lines", () => {
    const message = rejection(() => {
      verify(`{
        "groups": {"group:platform": []},
        "tagOwners": {"tag:k8s": ["tag:k8s-operator"], "tag:k8s-operator": []},
        "grants": [{"src": ["group:platform"], "dst": ["tag:k8s"], "ip": ["tcp:443"]}],
        "tests": [{"src": "tag:k8s", "deny": ["tag:k8s:443"]}],
      }`);
    });
    expect(message).toBe(
      `the tailnet's policy has 1 issue

  the live policy: nodeAttrs, tests
    found:   a policy that lacks what the stack needs
    allowed: a complete policy: with tailnet-edge:tailnet.policy = verified the stack reads it and never writes it
    fix:     merge these lines into the policy where you manage it, then run this again
             {
             	"nodeAttrs": [{"target": ["tag:k8s"], "attr": ["funnel"]}],
             	"tests": [
             		{"src": "group:platform", "accept": ["tag:k8s:443"]},
             		{"src": "tag:k8s", "deny": ["tag:k8s-operator:443"]}
             	]
             }`,
    );
  });

  test("reports a contradiction instead of lines to add", () => {
    expect(() => {
      verify(
        '{"groups": {"group:platform": []}, "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}',
      );
    }).toThrow(/^the tailnet's policy has 1 issue\n\n {2}the live policy: acls\[0\]\n/);
  });
});
