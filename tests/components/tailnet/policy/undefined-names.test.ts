import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { undefinedNames } from "../../../../components/tailnet/policy/conflicts.ts";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { requirePolicy } from "../../../../components/tailnet/policy/requirements.ts";
import { DATABASE, edge, exposing, policyFile } from "./sample-topology.ts";

const issuesOf = (policy: object, ...allowFrom: readonly string[]) =>
  undefinedNames(policyFile(policy), requirePolicy(edge(...allowFrom)));

const issue = (section: "tagOwners" | "groups", name: string, source = "base.hujson") => ({
  path: `${source}: ${section}`,
  found: `no ${name}, which an allowFrom of the stack lets in`,
  allowed: "an allowFrom of tags and groups that the policy defines",
  fix: `define ${name} in the policy's ${section}, or name another in that allowFrom`,
});

describe("an allowFrom of what nobody defines", () => {
  test("is refused for a tag without owners", () => {
    expect(issuesOf({ tagOwners: { "tag:other": [] } }, "tag:ci")).toEqual([
      {
        path: "base.hujson: tagOwners",
        found: "no tag:ci, which an allowFrom of the stack lets in",
        allowed: "an allowFrom of tags and groups that the policy defines",
        fix: "define tag:ci in the policy's tagOwners, or name another in that allowFrom",
      },
    ]);
  });

  test("is refused for a group that the policy does not know", () => {
    expect(issuesOf({ groups: { "group:other": [] } }, "group:dev")).toEqual([
      {
        path: "base.hujson: groups",
        found: "no group:dev, which an allowFrom of the stack lets in",
        allowed: "an allowFrom of tags and groups that the policy defines",
        fix: "define group:dev in the policy's groups, or name another in that allowFrom",
      },
    ]);
  });

  test("is told once of each name, tags first", () => {
    const { exposures } = edge("group:dev", "tag:ci", "alice@example.com");
    const required = requirePolicy(
      exposing(...exposures, { ...DATABASE, allowFrom: ["group:dev", "tag:b"] }),
    );
    expect(undefinedNames(policyFile({}), required)).toEqual([
      issue("tagOwners", "tag:b"),
      issue("tagOwners", "tag:ci"),
      issue("groups", "group:dev"),
    ]);
  });

  test.each(["group:constructor", "group:__proto__", "group:toString"])("is refused for %s", (name) => {
    expect(issuesOf({}, name)).toEqual([issue("groups", name)]);
  });

  test.each(["tag:constructor", "tag:__proto__"])("is refused for %s", (name) => {
    expect(issuesOf({}, name)).toEqual([issue("tagOwners", name)]);
  });

  test("is refused before anything is derived or verified", () => {
    const refused = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error instanceof UserError ? error.issues : error;
      }
    };
    expect(refused(() => buildPolicy(edge("group:dev")))).toEqual([
      issue("groups", "group:dev", "the derived policy"),
    ]);
    const live = { source: "the live policy", text: "{}" };
    expect(
      refused(() => {
        verifyPolicy(edge("tag:ci"), live);
      }),
    ).toEqual([issue("tagOwners", "tag:ci", "the live policy")]);
  });
});

test.each([
  ["a tag that the policy gives owners", { tagOwners: { "tag:ci": [] } }, "tag:ci"],
  ["a tag under another spelling of the section", { TagOwners: { "tag:ci": [] } }, "tag:ci"],
  ["a tag of the stack itself", {}, "tag:k8s"],
  ["the operator's tag", {}, "tag:k8s-operator"],
  ["a group that the policy defines", { groups: { "group:dev": [] } }, "group:dev"],
  ["a group synced from an identity provider", {}, "group:dev@example.com"],
  ["a person", {}, "alice@example.com"],
  ["an autogroup", {}, "autogroup:member"],
  ["everyone", {}, "*"],
])("an allowFrom of %s is taken", (_, policy, name) => {
  expect(issuesOf(policy, name)).toEqual([]);
});
