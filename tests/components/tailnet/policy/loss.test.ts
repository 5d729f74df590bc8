import { describe, expect, test } from "vitest";
import { parsePolicyFile } from "../../../../components/tailnet/policy/document.ts";
import { lostEntries } from "../../../../components/tailnet/policy/loss.ts";

function parsed(policy: object) {
  const { file } = parsePolicyFile(JSON.stringify(policy), "a policy");
  if (file === undefined) throw new Error("the policy of the test is invalid");
  return file;
}

const lost = (before: object, after: object) => lostEntries(parsed(before), parsed(after));
const grant = (src: string[], dst: string[], ip: string[] = ["*"], more: object = {}) => ({
  grants: [{ src, dst, ip, ...more }],
});
const acl = (src: string[], dst: string[], more: object = {}) => ({
  acls: [{ action: "accept", src, dst, ...more }],
});

describe("access is kept", () => {
  test.each<[string, object, object]>([
    ["by the same rule", grant(["a@b.c"], ["tag:x"], ["22"]), grant(["a@b.c"], ["tag:x"], ["22"])],
    ["by a grant in place of an acl", acl(["a@b.c"], ["tag:x:22"]), grant(["a@b.c"], ["tag:x"], ["22"])],
    ["by an acl in place of a grant", grant(["*"], ["*"]), acl(["*"], ["*:*"])],
    [
      "under the older names of an acl's lists",
      { acls: [{ action: "accept", users: ["a@b.c"], ports: ["tag:x:22"] }] },
      acl(["a@b.c"], ["tag:x:22"]),
    ],
    ["by a wider source", grant(["tag:a"], ["tag:x"]), grant(["*"], ["tag:x"])],
    [
      "by all members for a role",
      grant(["autogroup:admin"], ["tag:x"]),
      grant(["autogroup:member"], ["tag:x"]),
    ],
    [
      "by a group that has the user",
      grant(["a@b.c"], ["tag:x"]),
      { groups: { "group:g": ["a@b.c"] }, ...grant(["group:g"], ["tag:x"]) },
    ],
    ["by a wider destination", grant(["a@b.c"], ["tag:x"]), grant(["a@b.c"], ["autogroup:tagged"])],
    [
      "by a wider port range",
      grant(["a@b.c"], ["tag:x"], ["tcp:80,443"]),
      grant(["a@b.c"], ["tag:x"], ["tcp:1-1000"]),
    ],
    [
      "by every protocol",
      acl(["a@b.c"], ["tag:x:53"], { proto: "UDP" }),
      grant(["a@b.c"], ["tag:x"], ["53"]),
    ],
    [
      "by a protocol's number",
      acl(["a@b.c"], ["tag:x:53"], { proto: "udp" }),
      grant(["a@b.c"], ["tag:x"], ["17:53"]),
    ],
    [
      "without the condition that it had",
      grant(["a@b.c"], ["tag:x"], ["*"], { srcPosture: ["posture:p"] }),
      grant(["a@b.c"], ["tag:x"]),
    ],
  ])("%s", (_, before, after) => {
    expect(lost(before, after)).toEqual([]);
  });
});

describe("access is lost", () => {
  test.each<[string, object, object, string]>([
    ["with its rule", grant(["a@b.c"], ["tag:x"], ["22"]), {}, "grants: a@b.c → tag:x on 22"],
    [
      "in part: the row names what remains",
      grant(["*"], ["*"]),
      grant(["autogroup:member"], ["tag:x"], ["tcp:443"]),
      "grants: * → * on all ports; still allowed: autogroup:member → tag:x on tcp:443",
    ],
    [
      "of one source",
      grant(["a@b.c", "tag:a"], ["tag:x"]),
      grant(["a@b.c"], ["tag:x"]),
      "grants: tag:a → tag:x on all ports",
    ],
    [
      "of one destination",
      acl(["*"], ["tag:x:1", "tag:y:1"]),
      acl(["*"], ["tag:x:1"]),
      "acls: * → tag:y on 1",
    ],
    [
      "of some ports",
      grant(["*"], ["tag:x"], ["tcp:80", "tcp:443-444"]),
      grant(["*"], ["tag:x"], ["tcp:80", "tcp:443"]),
      "grants: * → tag:x on tcp:443-444; still allowed: * → tag:x on tcp:443",
    ],
    [
      "of a protocol",
      grant(["*"], ["tag:x"], ["udp:53"]),
      grant(["*"], ["tag:x"], ["tcp:53"]),
      "grants: * → tag:x on udp:53",
    ],
    [
      "for devices without a posture",
      grant(["a@b.c"], ["tag:x"]),
      grant(["a@b.c"], ["tag:x"], ["*"], { srcPosture: ["posture:p"] }),
      'grants: a@b.c → tag:x on all ports; still allowed: a@b.c → tag:x on all ports if {"srcPosture": ["posture:p"]}',
    ],
    [
      "to an application's capability",
      { grants: [{ src: ["a@b.c"], dst: ["tag:x"], app: { "example.com/cap/db": [{ role: "admin" }] } }] },
      { grants: [{ src: ["a@b.c"], dst: ["tag:x"], app: { "example.com/cap/db": [{ role: "reader" }] } }] },
      'grants: a@b.c → tag:x on example.com/cap/db [{"role": "admin"}]',
    ],
    [
      "of shared users, which * leaves out",
      grant(["autogroup:shared"], ["tag:x"]),
      grant(["*"], ["tag:x"]),
      "grants: autogroup:shared → tag:x on all ports",
    ],
    [
      "of everybody on the internet, which * leaves out",
      grant(["autogroup:danger-all"], ["tag:x"]),
      grant(["*"], ["tag:x"]),
      "grants: autogroup:danger-all → tag:x on all ports; still allowed: * → tag:x on all ports",
    ],
    [
      "to exit nodes, which * leaves out",
      grant(["a@b.c"], ["autogroup:internet"]),
      grant(["a@b.c"], ["*"]),
      "grants: a@b.c → autogroup:internet on all ports",
    ],
  ])("%s", (_, before, after, row) => {
    expect(lost(before, after)).toEqual([row]);
  });
});

test("what remains of a group's access is known by the members that it had", () => {
  const before = { groups: { "group:g": ["a@b.c", "d@b.c"] }, ...grant(["group:g"], ["tag:x"]) };
  expect(lost(before, grant(["a@b.c"], ["tag:x"]))).toEqual([
    "grants: group:g → tag:x on all ports; still allowed: a@b.c → tag:x on all ports",
    'groups: group:g: ["a@b.c", "d@b.c"]',
  ]);
});

describe("another entry is lost", () => {
  test.each<[string, object, object, string[]]>([
    [
      "a member of a group",
      { groups: { "group:g": ["a@b.c", "d@b.c"], "group:h": ["a@b.c"] } },
      { groups: { "group:g": ["a@b.c"] } },
      ['groups: group:g: ["d@b.c"]', 'groups: group:h: ["a@b.c"]'],
    ],
    [
      "an owner of a tag, or a tag without owners",
      { tagOwners: { "tag:x": ["group:g"], "tag:y": [] } },
      { TagOwners: { "tag:x": ["tag:k8s"] } },
      ['tagOwners: tag:x: ["group:g"]', "tagOwners: tag:y: []"],
    ],
    [
      "a node attribute",
      {
        nodeAttrs: [
          { target: ["tag:x", "tag:y"], attr: ["funnel"] },
          { target: ["*"], app: { a: 1 } },
        ],
      },
      { nodeAttrs: [{ target: ["tag:x"], attr: ["funnel"] }] },
      ["nodeAttrs: tag:y: funnel", 'nodeAttrs: *: {"app": {"a": 1}}'],
    ],
    [
      "an automatic approval",
      {
        autoApprovers: {
          routes: { "10.0.0.0/8": ["tag:x", "tag:y"] },
          exitNode: ["tag:x"],
          services: { "tag:s": ["tag:x"] },
        },
      },
      { autoApprovers: { routes: { "10.0.0.0/8": ["tag:x"] } } },
      [
        'autoApprovers.services: tag:s: ["tag:x"]',
        'autoApprovers.routes: 10.0.0.0/8: ["tag:y"]',
        "autoApprovers.exitNode: tag:x",
      ],
    ],
    [
      "an SSH rule, its test, and a test",
      {
        SSH: [{ action: "accept", src: ["*"] }],
        sshTests: [{ src: "a@b.c" }],
        tests: [{ src: "a@b.c", accept: ["tag:x:1"] }],
      },
      { ssh: [{ action: "check", src: ["*"] }], tests: [{ src: "a@b.c", accept: ["tag:x:2"] }] },
      [
        'ssh: {"action": "accept", "src": ["*"]}',
        'tests: {"src": "a@b.c", "accept": ["tag:x:1"], "deny": []}',
        'sshTests: {"src": "a@b.c"}',
      ],
    ],
    [
      "a definition or a setting",
      {
        hosts: { a: "10.0.0.1", b: "10.0.0.2" },
        postures: { "posture:p": ["x"] },
        randomizeClientPort: true,
      },
      { hosts: { a: "10.0.0.3", b: "10.0.0.2" }, randomizeClientPort: false },
      [
        'hosts: a: "10.0.0.1" becomes "10.0.0.3"',
        'postures: posture:p: ["x"]',
        "randomizeClientPort: true becomes false",
      ],
    ],
    [
      "access without a posture",
      {},
      { defaultSrcPosture: ["posture:p"] },
      ['defaultSrcPosture: nothing becomes ["posture:p"]'],
    ],
  ])("%s", (_, before, after, rows) => {
    expect(lost(before, after)).toEqual(rows);
    expect(lost(before, { ...before })).toEqual([]);
  });

  test("never a node attribute that all devices get", () => {
    const attributes = (target: string) => ({ nodeAttrs: [{ target: [target], attr: ["funnel"] }] });
    expect(lost(attributes("tag:x"), attributes("*"))).toEqual([]);
    expect(lost(attributes("*"), attributes("tag:x"))).toEqual(["nodeAttrs: *: funnel"]);
  });

  test("never by a policy that only adds", () => {
    const before = { hosts: { a: "10.0.0.1" }, tests: [{ src: "a@b.c", accept: ["tag:x:1"] }], ssh: [] };
    const after = {
      ...before,
      groups: { "group:g": ["a@b.c"] },
      ...grant(["*"], ["*"]),
      postures: { "posture:p": [] },
    };
    expect(lost(before, after)).toEqual([]);
  });
});
