import { describe, expect, test } from "vitest";
import {
  coversProtocol,
  rulesReaching,
  splitDestination,
} from "../../../../components/tailnet/policy/reach.ts";
import { policyDocument } from "./sample-topology.ts";

const GROUPS = { "group:dev": ["alice@example.com", "bob@example.com"], "group:none": [] };

/** Whether a policy of this one rule lets `src` reach tag:k8s:443. */
function reaches(
  rule: { acl: object } | { grant: object },
  src = "alice@example.com",
  protocol: "tcp" | "udp" = "tcp",
): boolean {
  const policy =
    "acl" in rule
      ? { acls: [{ action: "accept", src: [src], dst: ["tag:k8s:443"], ...rule.acl }] }
      : { grants: [{ src: [src], dst: ["tag:k8s"], ip: ["443"], ...rule.grant }] };
  return (
    rulesReaching(policyDocument({ groups: GROUPS, ...policy }), src, "tag:k8s", 443, protocol).length > 0
  );
}

describe("sources", () => {
  test.each([
    ["alice@example.com", "alice@example.com"],
    ["*", "alice@example.com"],
    ["autogroup:danger-all", "tag:ci"],
    ["autogroup:member", "alice@example.com"],
    ["user:*@example.com", "alice@example.com"],
    ["group:dev", "alice@example.com"],
    ["group:dev", "group:dev"],
    ["autogroup:member", "group:dev"],
    ["user:*@example.com", "group:dev"],
    ["tag:ci", "tag:ci"],
    ["autogroup:tagged", "tag:ci"],
    ["autogroup:member", "autogroup:admin"],
    ["*", "autogroup:shared"],
  ])("%s includes %s", (selector, src) => {
    expect(reaches({ grant: { src: [selector] } }, src)).toBe(true);
    expect(reaches({ acl: { src: [selector] } }, src)).toBe(true);
    expect(reaches({ acl: { src: undefined, users: [selector] } }, src)).toBe(true);
  });

  test.each([
    ["alice@example.com", "bob@example.com"],
    ["autogroup:member", "tag:ci"],
    ["autogroup:tagged", "alice@example.com"],
    ["autogroup:admin", "alice@example.com"],
    ["autogroup:admin", "autogroup:member"],
    ["autogroup:member", "autogroup:shared"],
    ["autogroup:member", "autogroup:tagged"],
    ["user:*@example.org", "alice@example.com"],
    ["user:*@ample.com", "alice@example.com"],
    ["group:dev", "carol@example.com"],
    ["group:unknown", "alice@example.com"],
    ["alice@example.com", "group:dev"],
    ["autogroup:member", "group:none"],
    ["autogroup:member", "group:synced"],
    ["autogroup:member", "some-host"],
    ["tag:c", "tag:ci"],
  ])("%s does not include %s", (selector, src) => {
    expect(reaches({ grant: { src: [selector] } }, src)).toBe(false);
    expect(reaches({ acl: { src: [selector] } }, src)).toBe(false);
  });

  test("one of several is enough", () => {
    expect(reaches({ grant: { src: ["tag:ci", "group:dev"] } })).toBe(true);
  });
});

describe("destinations", () => {
  test.each([
    "tag:k8s",
    "autogroup:tagged",
    "*",
    "100.64.0.0/10",
    "fd7a:115c:a1e0::/48",
    "0.0.0.0/0",
    "::/0",
  ])("%s includes a tag", (selector) => {
    expect(reaches({ grant: { dst: [selector] } })).toBe(true);
    expect(reaches({ acl: { dst: [`${selector}:443`] } })).toBe(true);
    expect(reaches({ acl: { dst: undefined, ports: [`${selector}:443`] } })).toBe(true);
  });

  test.each([
    "tag:k8",
    "autogroup:self",
    "autogroup:internet",
    "autogroup:member",
    "10.0.0.0/8",
    "host",
    "svc:x",
  ])("%s does not include a tag", (selector) => {
    expect(reaches({ grant: { dst: [selector] } })).toBe(false);
    expect(reaches({ acl: { dst: [`${selector}:443`] } })).toBe(false);
  });
});

describe("ports and protocols", () => {
  test.each([
    "*",
    "443",
    "400-500",
    "443-443",
    "tcp:443",
    "6:443",
    "TCP:443",
    "tcp:*",
    "tcp:1-443",
    "*:443",
    "*:*",
  ])("a grant of %s opens 443 over TCP", (ip) => {
    expect(reaches({ grant: { ip: [ip] } })).toBe(true);
  });

  test.each(["80", "444-500", "1-442", "udp:443", "17:443", "icmp:*", "sctp:443", "tcp:44", ""])(
    "a grant of %j does not",
    (ip) => {
      expect(reaches({ grant: { ip: [ip] } })).toBe(false);
    },
  );

  test("a grant of capabilities alone opens nothing", () => {
    expect(reaches({ grant: { ip: undefined, app: { "example.com/cap": [{}] } } })).toBe(false);
  });

  test.each(["tag:k8s:*", "tag:k8s:443", "tag:k8s:80,443", "tag:k8s:1-442,443", "*:400-500"])(
    "an ACL for %s opens 443",
    (destination) => {
      expect(reaches({ acl: { dst: [destination] } })).toBe(true);
    },
  );

  test.each(["tag:k8s:80", "tag:k8s:80,444", "tag:k8s:1-442", "tag:k8s"])(
    "an ACL for %s does not",
    (destination) => {
      expect(reaches({ acl: { dst: [destination] } })).toBe(false);
    },
  );

  test.each([
    ["tcp", true],
    ["TCP", true],
    ["6", true],
    [undefined, true],
    ["udp", false],
    ["17", false],
    ["icmp", false],
  ])("the protocol %s of an ACL is TCP: %s", (proto, tcp) => {
    expect(coversProtocol(proto, "tcp")).toBe(tcp);
    expect(reaches({ acl: { proto } })).toBe(tcp);
  });

  test.each([
    [{ acl: { proto: "udp" } }, true],
    [{ acl: { proto: "17" } }, true],
    [{ acl: {} }, true],
    [{ acl: { proto: "tcp" } }, false],
    [{ grant: { ip: ["udp:443"] } }, true],
    [{ grant: { ip: ["17:400-500"] } }, true],
    [{ grant: { ip: ["443"] } }, true],
    [{ grant: { ip: ["*"] } }, true],
    [{ grant: { ip: ["tcp:443"] } }, false],
    [{ grant: { ip: ["udp:80"] } }, false],
  ])("a rule %j opens UDP: %s", (rule, udp) => {
    expect(reaches(rule, "alice@example.com", "udp")).toBe(udp);
  });

  test("an ACL with another action than accept opens nothing", () => {
    expect(reaches({ acl: { action: "check" } })).toBe(false);
  });
});

test("returns every rule that reaches, with its text and whether it is conditional", () => {
  const policy = policyDocument({
    acls: [
      { action: "accept", src: ["tag:a"], dst: ["tag:k8s:443"] },
      { action: "accept", src: ["tag:ci", "tag:a"], dst: ["tag:x:1", "tag:k8s:443"] },
      { action: "accept", src: ["*"], dst: ["*:*"], srcPosture: ["posture:managed"] },
    ],
    grants: [
      { src: ["tag:ci"], dst: ["tag:k8s"], ip: ["80"] },
      { src: ["tag:ci"], dst: ["tag:k8s"], ip: ["80", "tcp:443"] },
      { src: ["*"], dst: ["*"], ip: ["*"], srcPosture: ["posture:managed"] },
      { src: ["*"], dst: ["*"], ip: ["*"], via: ["tag:router"] },
    ],
  });
  expect(rulesReaching(policy, "tag:ci", "tag:k8s", 443)).toEqual([
    { path: "acls[1]", text: "tag:ci, tag:a → tag:x:1, tag:k8s:443", conditional: false },
    { path: "acls[2]", text: "* → *:*", conditional: true },
    { path: "grants[1]", text: "tag:ci → tag:k8s → 80, tcp:443", conditional: false },
    { path: "grants[2]", text: "* → * → *", conditional: true },
    { path: "grants[3]", text: "* → * → *", conditional: true },
  ]);
});

test.each([
  ["tag:k8s:443", { host: "tag:k8s", ports: "443" }],
  ["*:*", { host: "*", ports: "*" }],
  ["[fd7a:115c:a1e0::1]:80", { host: "[fd7a:115c:a1e0::1]", ports: "80" }],
])("splits %s at its last colon", (destination, split) => {
  expect(splitDestination(destination)).toEqual(split);
});
