import { describe, expect, test } from "vitest";
import { UserError } from "../../../../components/config-issue.ts";
import { undefinedNameIssues } from "../../../../components/tailnet/policy/conflicts.ts";
import { buildPolicy, verifyPolicy } from "../../../../components/tailnet/policy/policy.ts";
import { deriveRequirements } from "../../../../components/tailnet/policy/requirements.ts";
import { DATABASE, edge, exposing, policyFile } from "./sample-topology.ts";

const issuesOf = (policy: object, ...allowFrom: readonly string[]) =>
  undefinedNameIssues(policyFile(policy), deriveRequirements(edge(...allowFrom)));

const issue = (section: "tagOwners" | "groups", name: string, source = "base.hujson") => ({
  path: `${source}: ${section}`,
  found: `no ${name}, which an allowFrom of the stack names`,
  allowed: "tags and groups in allowFrom that the policy defines",
  fix: `define ${name} in the policy's ${section}, or replace it in that allowFrom`,
});

describe("an allowFrom with an undefined name", () => {
  test("is rejected for a tag without owners", () => {
    expect(issuesOf({ tagOwners: { "tag:other": [] } }, "tag:ci")).toEqual([
      {
        path: "base.hujson: tagOwners",
        found: "no tag:ci, which an allowFrom of the stack names",
        allowed: "tags and groups in allowFrom that the policy defines",
        fix: "define tag:ci in the policy's tagOwners, or replace it in that allowFrom",
      },
    ]);
  });

  test("is rejected for a group that the policy does not define", () => {
    expect(issuesOf({ groups: { "group:other": [] } }, "group:dev")).toEqual([
      {
        path: "base.hujson: groups",
        found: "no group:dev, which an allowFrom of the stack names",
        allowed: "tags and groups in allowFrom that the policy defines",
        fix: "define group:dev in the policy's groups, or replace it in that allowFrom",
      },
    ]);
  });

  test("is reported once per name, tags first", () => {
    const { exposures } = edge("group:dev", "tag:ci", "alice@example.com");
    const required = deriveRequirements(
      exposing(...exposures, { ...DATABASE, allowFrom: ["group:dev", "tag:b"] }),
    );
    expect(undefinedNameIssues(policyFile({}), required)).toEqual([
      issue("tagOwners", "tag:b"),
      issue("tagOwners", "tag:ci"),
      issue("groups", "group:dev"),
    ]);
  });

  test.each(["group:constructor", "group:__proto__", "group:toString"])("is rejected for %s", (name) => {
    expect(issuesOf({}, name)).toEqual([issue("groups", name)]);
  });

  test.each(["tag:constructor", "tag:__proto__"])("is rejected for %s", (name) => {
    expect(issuesOf({}, name)).toEqual([issue("tagOwners", name)]);
  });

  test("is rejected by buildPolicy and verifyPolicy", () => {
    const rejected = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error instanceof UserError ? error.issues : error;
      }
    };
    expect(rejected(() => buildPolicy(edge("group:dev")))).toEqual([
      issue("groups", "group:dev", "the derived policy"),
    ]);
    const live = { source: "the live policy", text: "{}" };
    expect(
      rejected(() => {
        verifyPolicy(edge("tag:ci"), live);
      }),
    ).toEqual([issue("tagOwners", "tag:ci", "the live policy")]);
  });
});

test.each([
  ["a tag that the policy gives owners", { tagOwners: { "tag:ci": [] } }, "tag:ci"],
  ["a tag under another spelling of the section", { TagOwners: { "tag:ci": [] } }, "tag:ci"],
  ["a tag of the stack", {}, "tag:k8s"],
  ["the operator's tag", {}, "tag:k8s-operator"],
  ["a group that the policy defines", { groups: { "group:dev": [] } }, "group:dev"],
  ["a group synced from an identity provider", {}, "group:dev@example.com"],
  ["a person", {}, "alice@example.com"],
  ["an autogroup", {}, "autogroup:member"],
  ["everyone", {}, "*"],
])("an allowFrom of %s is accepted", (_, policy, name) => {
  expect(issuesOf(policy, name)).toEqual([]);
});
