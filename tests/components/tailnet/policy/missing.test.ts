import { describe, expect, test } from "vitest";
import { missingFrom, toAdditions } from "../../../../components/tailnet/policy/missing.ts";
import { deriveRequirements } from "../../../../components/tailnet/policy/requirements.ts";
import { DATABASE, edge, exposing, policyDocument, policyFile } from "./sample-topology.ts";

const REQUIRED = deriveRequirements(edge("group:platform"));
const NOTHING = { tagOwners: {}, nodeAttrs: [], grants: [], tests: [] };

const missing = (policy: object) => missingFrom(policyDocument(policy), REQUIRED);

/** A policy that meets all requirements, with some sections replaced. */
const complete = (replaced: object = {}) => ({ ...REQUIRED, ...replaced });

describe("missingFrom", () => {
  test("returns every requirement for an empty policy", () => {
    expect(missing({})).toEqual(REQUIRED);
  });

  test("returns nothing for a complete policy", () => {
    expect(missing(complete())).toEqual(NOTHING);
  });

  test("returns only the missing owners of a tag", () => {
    const tagOwners = { "tag:k8s": ["alice@example.com"], "tag:k8s-operator": ["group:platform"] };
    expect(missing(complete({ tagOwners }))).toEqual({
      ...NOTHING,
      tagOwners: { "tag:k8s": ["tag:k8s-operator"] },
    });
  });

  test.each([
    ["for all devices", [{ target: ["*"], attr: ["funnel"] }], []],
    ["among others", [{ target: ["tag:x", "tag:k8s"], attr: ["x", "funnel"] }], []],
    ["for people only", [{ target: ["autogroup:member"], attr: ["funnel"] }], REQUIRED.nodeAttrs],
    ["another attribute", [{ target: ["tag:k8s"], attr: ["x"] }], REQUIRED.nodeAttrs],
    ["capabilities only", [{ target: ["tag:k8s"], app: {} }], REQUIRED.nodeAttrs],
  ])("checks the attribute funnel: %s", (_, nodeAttrs, lacking) => {
    expect(missing(complete({ nodeAttrs }))).toEqual({ ...NOTHING, nodeAttrs: lacking });
  });

  test.each([
    ["of a broader grant", { grants: [{ src: ["group:platform"], dst: ["*"], ip: ["*"] }] }],
    [
      "of an ACL",
      { acls: [{ action: "accept", src: ["group:platform"], dst: ["tag:k8s:443"] }], grants: [] },
    ],
    [
      "of every member of the group",
      {
        groups: { "group:platform": ["alice@example.com"] },
        grants: [{ src: ["alice@example.com"], dst: ["tag:k8s"], ip: ["443"] }],
      },
    ],
  ])("does not grant again what is reachable because %s", (_, policy) => {
    expect(missing(complete(policy))).toEqual(NOTHING);
  });

  test.each([
    ["by posture", { grants: [{ src: ["*"], dst: ["*"], ip: ["*"], srcPosture: ["posture:managed"] }] }],
    ["by route", { grants: [{ src: ["*"], dst: ["*"], ip: ["*"], via: ["tag:router"] }] }],
    [
      "by the posture of an ACL",
      { acls: [{ action: "accept", src: ["*"], dst: ["*:*"], srcPosture: ["posture:x"] }], grants: [] },
    ],
    ["by UDP", { grants: [{ src: ["*"], dst: ["*"], ip: ["udp:*"] }] }],
    [
      "for part of the group",
      {
        groups: { "group:platform": ["alice@example.com", "bob@example.com"] },
        grants: [{ src: ["alice@example.com"], dst: ["*"], ip: ["*"] }],
      },
    ],
  ])("grants what is reachable only %s", (_, policy) => {
    expect(missing(complete(policy))).toEqual({ ...NOTHING, grants: REQUIRED.grants });
  });

  test("grants all ports if one of them is not reachable", () => {
    const [exposure] = edge("tag:ci").exposures;
    const twoPorts = deriveRequirements({
      ...edge(),
      exposures: exposure ? [{ ...exposure, ports: [443, 8443] }] : [],
    });
    const policy = policyDocument({ grants: [{ src: ["tag:ci"], dst: ["tag:k8s"], ip: ["443"] }] });
    expect(missingFrom(policy, twoPorts).grants).toEqual([
      { src: ["tag:ci"], dst: ["tag:k8s"], ip: ["tcp:443", "tcp:8443"] },
    ]);
  });

  test("completes tests by what they lack, older names included", () => {
    const tests = [
      { user: "group:platform", allow: ["tag:k8s:443"] },
      { src: "tag:k8s", proto: "TCP", deny: ["tag:k8s:443"] },
      { src: "tag:k8s", proto: "udp", deny: ["tag:k8s-operator:443"] },
      { src: "tag:other", deny: ["tag:k8s-operator:443"] },
    ];
    expect(missing(complete({ tests }))).toEqual({
      ...NOTHING,
      tests: [{ src: "tag:k8s", deny: ["tag:k8s-operator:443"] }],
    });
  });
});

describe("UDP ports", () => {
  const dns = { ...DATABASE, name: "dns", tags: ["tag:dns"], ports: [], udpPorts: [53] };
  const required = deriveRequirements(exposing(dns));
  const without = (sections: object) => missingFrom(policyDocument({ ...required, ...sections }), required);

  test("need a grant of their own: one for the same TCP port is not enough", () => {
    const grant = (ip: string) => ({ grants: [{ src: ["tag:ci"], dst: ["tag:dns"], ip: [ip] }] });
    expect(without(grant("tcp:53")).grants).toEqual(required.grants);
    expect(without(grant("53")).grants).toEqual([]);
  });

  test("need tests of their own: a test without a protocol is not enough", () => {
    const tests = required.tests.map((test) => ({ ...test, proto: undefined }));
    expect(without({ tests }).tests).toEqual(required.tests);
    expect(without({}).tests).toEqual([]);
  });
});

describe("toAdditions", () => {
  test("creates missing sections and uses the file's spelling of existing ones", () => {
    const file = policyFile('{"TagOwners": {"tag:k8s": []}, "Grants": []}');
    expect(toAdditions(file, REQUIRED)).toEqual([
      { path: ["TagOwners", "tag:k8s"], value: "tag:k8s-operator" },
      { path: ["TagOwners"], key: "tag:k8s-operator", value: [] },
      { path: [], key: "nodeAttrs", value: [] },
      { path: ["nodeAttrs"], value: { target: ["tag:k8s"], attr: ["funnel"] } },
      { path: ["Grants"], value: { src: ["group:platform"], dst: ["tag:k8s"], ip: ["tcp:443"] } },
      { path: [], key: "tests", value: [] },
      { path: ["tests"], value: { src: "group:platform", accept: ["tag:k8s:443"] } },
      { path: ["tests"], value: { src: "tag:k8s", deny: ["tag:k8s-operator:443", "tag:k8s:443"] } },
    ]);
  });

  test("adds nothing, not even an empty section, to a complete policy", () => {
    expect(toAdditions(policyFile("{}"), NOTHING)).toEqual([]);
  });
});
