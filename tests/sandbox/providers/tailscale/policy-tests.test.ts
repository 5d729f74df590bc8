import { describe, expect, test } from "vitest";
import { failedTests } from "../../../../sandbox/providers/tailscale/policy-tests.ts";
import { parsePolicy } from "../../../../sandbox/providers/tailscale/policy.ts";

const BASE = {
  groups: { "group:dev": ["ann@example.com"] },
  hosts: { db: "10.0.0.5", office: "10.0.0.0/24" },
  tagOwners: { "tag:web": [], "tag:db": [] },
};

/** Whether the source reaches the target: a test that accepts the target passes. */
function reaches(rules: object, src: string, target: string, proto?: string): boolean {
  const tests = [{ src, accept: [target], ...(proto !== undefined && { proto }) }];
  return failedTests(parsePolicy(JSON.stringify({ ...BASE, ...rules, tests }))).length === 0;
}

const grant = (src: string, dst: string, ...ip: string[]) => ({ grants: [{ src: [src], dst: [dst], ip }] });
const acl = (src: string, dst: string, proto?: string) => ({
  acls: [{ action: "accept", src: [src], dst: [dst], ...(proto !== undefined && { proto }) }],
});

describe("a source", () => {
  test.each([
    ["*", "ann@example.com", true],
    ["ann@example.com", "ann@example.com", true],
    ["ann@example.com", "bob@example.com", false],
    ["group:dev", "ann@example.com", true],
    ["group:dev", "bob@example.com", false],
    ["group:dev", "group:dev", true],
    ["autogroup:member", "bob@example.com", true],
    ["autogroup:member", "tag:web", false],
    ["autogroup:tagged", "tag:web", true],
    ["autogroup:tagged", "ann@example.com", false],
    ["tag:web", "tag:db", false],
    ["office", "db", true],
    ["10.0.0.0/24", "10.0.0.7", true],
    ["10.0.0.0/24", "10.0.1.7", false],
    ["10.0.0.7", "10.0.0.7", true],
    ["fd7a::/16", "fd7a::1", true],
    ["10.0.0.0/24", "fd7a::1", false],
  ])("selected by %s is %s: %s", (selector, source, expected) => {
    expect(reaches(grant(selector, "tag:db", "443"), source, "tag:db:443")).toBe(expected);
  });

  test("reaches its own devices with autogroup:self", () => {
    const rules = grant("autogroup:member", "autogroup:self", "*");
    expect(reaches(rules, "ann@example.com", "ann@example.com:22")).toBe(true);
    expect(reaches(rules, "ann@example.com", "bob@example.com:22")).toBe(false);
  });
});

describe("a port", () => {
  test.each([
    ["443", undefined, true],
    ["tcp:443", undefined, true],
    ["tcp:443", "tcp", true],
    ["udp:443", "tcp", false],
    ["400-450", undefined, true],
    ["80", undefined, false],
    ["*", "udp", true],
    ["tcp:*", "tcp", true],
  ])("a grant of %s allows port 443 over %s: %s", (capability, proto, expected) => {
    expect(reaches(grant("*", "tag:db", capability), "tag:web", "tag:db:443", proto)).toBe(expected);
  });

  test.each([
    ["tag:db:443", undefined, undefined, true],
    ["tag:db:80,443", undefined, undefined, true],
    ["tag:db:80", undefined, undefined, false],
    ["*:*", undefined, undefined, true],
    ["tag:db:443", "udp", "tcp", false],
    ["tag:db:443", "tcp", "tcp", true],
  ])("an ACL rule for %s over %s allows port 443 over %s: %s", (target, ruleProto, proto, expected) => {
    expect(reaches(acl("*", target, ruleProto), "tag:web", "tag:db:443", proto)).toBe(expected);
  });
});

test("a reachable target under deny fails with the API's message", () => {
  const policy = { ...BASE, ...grant("*", "*", "*"), tests: [{ src: "tag:web", deny: ["tag:db:22"] }] };
  expect(failedTests(parsePolicy(JSON.stringify(policy)))).toEqual([
    'tag:web: address "tag:db:22": want: Drop, got: Accept',
  ]);
});
