import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { DATABASE, edge, exposing } from "./sample-topology.ts";

const COMMENTED = `// Head of the file.
/* Before the policy. */ {
  // Before a section.
  "groups": /* before a value */ {
    "group:platform": ["alice@example.com" /* behind a member, no comma */],
  }, // behind a comma
  "TagOwners": { // behind an opening brace
    "tag:k8s": ["group:platform"], // behind an owner list
    "tag:ci": [],
    // Last in an object.
  },
  "ACLs": [
    // First in an array.
    {"action": "accept", "src": ["autogroup:owner"], "dst": ["*:*"]} // behind an element, no comma
    // Last in an array.
  ],
  "grants": [/* alone in an array */],
  "tests": [{"src": "alice@example.com", "accept": ["tag:k8s:443"]}, /* behind a trailing comma */],
  "randomizeClientPort": true
  // Last in the policy.
} // Behind the policy.
// Foot of the file.
`;

/** The message with which something is refused. */
function refusal(refused: () => unknown): string {
  try {
    refused();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  return expect.unreachable("it was not refused");
}

describe("buildPolicy", () => {
  test("without a base file is what the topology needs, and nothing else", async () => {
    await expect(buildPolicy(edge("alice@example.com"))).toMatchFileSnapshot("../goldens/edge.policy.hujson");
  });

  test("keeps every comment where it stands", async () => {
    const topology = exposing(...edge("group:platform", "autogroup:member").exposures, DATABASE);
    const merged = buildPolicy(topology, { source: "base.hujson", text: COMMENTED });
    await expect(merged).toMatchFileSnapshot("../goldens/commented.policy.hujson");
  });

  test("tells of a syntax issue with its line and column", () => {
    const text = '{\n\t"acls": [,]\n}\n';
    expect(refusal(() => buildPolicy(edge(), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has one issue

  base.hujson:2:11
    found:   ValueExpected
    allowed: HuJSON: JSON with // and /* */ comments and trailing commas
    fix:     mend the syntax at that place`,
    );
  });

  test("tells of a key given twice", () => {
    const text = '{\n\t"acls": [],\n\t"acls": []\n}\n';
    expect(refusal(() => buildPolicy(edge(), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has one issue

  base.hujson:3:2
    found:   the key acls a second time
    allowed: each key once: the later one would silently replace the earlier
    fix:     merge the two entries into one`,
    );
  });

  test("tells of every section of a wrong shape", () => {
    const text = '{"acls": {}, "tagOwners": []}';
    expect(refusal(() => buildPolicy(edge(), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has 2 issues

  base.hujson: tagOwners
    found:   array
    allowed: what Tailscale's policy syntax has there (record)
    fix:     mend the entry; nothing of the policy was sent

  base.hujson: acls
    found:   object
    allowed: what Tailscale's policy syntax has there (array)
    fix:     mend the entry; nothing of the policy was sent`,
    );
  });

  test("tells of contradictions both ways, and of both sides of each", () => {
    const text = JSON.stringify({
      groups: { "group:platform": [] },
      acls: [{ action: "accept", src: ["*"], dst: ["*:*"] }],
      tests: [{ src: "group:platform", deny: ["tag:k8s:443"] }],
    });
    expect(refusal(() => buildPolicy(edge("group:platform"), { source: "base.hujson", text }))).toBe(
      `the tailnet's policy has 2 issues

  base.hujson: acls[0]
    found:   * → *:*, which lets tag:k8s reach tag:k8s-operator:443, tag:k8s:443
    allowed: a policy in which tag:k8s reaches nothing of the stack that it is not let into by allowFrom
    fix:     narrow acls[0] to people or to other tags (autogroup:member instead of *), or name tag:k8s in that service's allowFrom

  base.hujson: tests[0].deny
    found:   group:platform must not reach tag:k8s:443, but the stack's allowFrom opens group:platform → tag:k8s → tcp:443
    allowed: a stack that opens nothing which the policy's own tests deny
    fix:     take group:platform out of that service's allowFrom, or tag:k8s:443 out of tests[0].deny`,
    );
  });
});

describe("verifyPolicy", () => {
  const verify = (text: string) => {
    verifyPolicy(edge("group:platform"), { source: "the live policy", text });
  };

  test("takes a policy that grants everything, however it is written", () => {
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

  test("fails with exactly the lines that are missing", () => {
    const refused = refusal(() => {
      verify(`{
        "groups": {"group:platform": []},
        "tagOwners": {"tag:k8s": ["tag:k8s-operator"], "tag:k8s-operator": []},
        "grants": [{"src": ["group:platform"], "dst": ["tag:k8s"], "ip": ["tcp:443"]}],
        "tests": [{"src": "tag:k8s", "deny": ["tag:k8s:443"]}],
      }`);
    });
    expect(refused).toBe(
      `the tailnet's policy has one issue

  the live policy: nodeAttrs, tests
    found:   a policy without all that the stack needs
    allowed: tailnet-edge:tailnet.policy = verified: the policy is read, checked, and never written
    fix:     merge these lines into the policy where it is kept, then run this again
             {
             	"nodeAttrs": [{"target": ["tag:k8s"], "attr": ["funnel"]}],
             	"tests": [
             		{"src": "group:platform", "accept": ["tag:k8s:443"]},
             		{"src": "tag:k8s", "deny": ["tag:k8s-operator:443"]}
             	]
             }`,
    );
  });

  test("fails for a contradiction rather than with lines to add", () => {
    expect(() => {
      verify(
        '{"groups": {"group:platform": []}, "acls": [{"action": "accept", "src": ["*"], "dst": ["*:*"]}]}',
      );
    }).toThrow(/^the tailnet's policy has one issue\n\n {2}the live policy: acls\[0\]\n/);
  });
});
