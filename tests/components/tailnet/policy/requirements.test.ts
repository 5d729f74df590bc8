import { describe, expect, test } from "vitest";
import { deriveRequirements } from "../../../../components/tailnet/policy/requirements.ts";
import { DATABASE, edge, exposing } from "./sample-topology.ts";

describe("requirePolicy", () => {
  test("of one Funnel has its tags' owners, the funnel attribute, grants, and tests for access and denial", () => {
    expect(deriveRequirements(edge("group:platform"))).toEqual({
      tagOwners: { "tag:k8s": ["tag:k8s-operator"], "tag:k8s-operator": [] },
      nodeAttrs: [{ target: ["tag:k8s"], attr: ["funnel"] }],
      grants: [{ src: ["group:platform"], dst: ["tag:k8s"], ip: ["tcp:443"] }],
      tests: [
        { src: "group:platform", accept: ["tag:k8s:443"] },
        { src: "tag:k8s", deny: ["tag:k8s-operator:443", "tag:k8s:443"] },
      ],
    });
  });

  test("grants each tag only what names it, and tests that it reaches nothing else", () => {
    const [funnel] = edge("alice@example.com", "autogroup:member").exposures;
    expect(deriveRequirements(exposing(...(funnel ? [funnel] : []), DATABASE))).toEqual({
      tagOwners: {
        "tag:db": ["tag:k8s-operator"],
        "tag:k8s": ["tag:k8s-operator"],
        "tag:k8s-operator": [],
      },
      nodeAttrs: [{ target: ["tag:k8s"], attr: ["funnel"] }],
      grants: [
        { src: ["alice@example.com"], dst: ["tag:k8s"], ip: ["tcp:443"] },
        { src: ["autogroup:member"], dst: ["tag:k8s"], ip: ["tcp:443"] },
        { src: ["tag:ci"], dst: ["tag:db"], ip: ["tcp:5432"] },
      ],
      tests: [
        { src: "alice@example.com", accept: ["tag:k8s:443"] },
        { src: "tag:ci", accept: ["tag:db:5432"], deny: ["tag:k8s-operator:443", "tag:k8s:443"] },
        { src: "tag:db", deny: ["tag:db:5432", "tag:k8s-operator:443", "tag:k8s:443"] },
        { src: "tag:k8s", deny: ["tag:db:5432", "tag:k8s-operator:443", "tag:k8s:443"] },
      ],
    });
  });

  test("without any exposure has the default tags' owners and denies their devices access to the operator", () => {
    expect(deriveRequirements(exposing())).toEqual({
      tagOwners: { "tag:k8s": ["tag:k8s-operator"], "tag:k8s-operator": [] },
      nodeAttrs: [],
      grants: [],
      tests: [{ src: "tag:k8s", deny: ["tag:k8s-operator:443"] }],
    });
  });

  test("grants UDP ports, and tests each protocol by itself", () => {
    const dns = { ...DATABASE, name: "dns", tags: ["tag:dns"], ports: [53], udpPorts: [53, 443] };
    const { grants, tests } = deriveRequirements(exposing(DATABASE, dns));
    expect(grants).toEqual([
      { src: ["tag:ci"], dst: ["tag:db"], ip: ["tcp:5432"] },
      { src: ["tag:ci"], dst: ["tag:dns"], ip: ["tcp:53", "udp:53", "udp:443"] },
    ]);
    const tcp = ["tag:db:5432", "tag:dns:53", "tag:k8s-operator:443"];
    const udp = ["tag:dns:443", "tag:dns:53"];
    expect(tests).toEqual([
      { src: "tag:ci", proto: "tcp", accept: tcp.slice(0, 2), deny: tcp.slice(2) },
      { src: "tag:db", proto: "tcp", deny: tcp },
      { src: "tag:dns", proto: "tcp", deny: tcp },
      { src: "tag:k8s", proto: "tcp", deny: tcp },
      { src: "tag:ci", proto: "udp", accept: udp },
      { src: "tag:db", proto: "udp", deny: udp },
      { src: "tag:dns", proto: "udp", deny: udp },
      { src: "tag:k8s", proto: "udp", deny: udp },
    ]);
  });

  test("sets the funnel attribute only for exposures with Funnel", () => {
    expect(deriveRequirements(exposing(DATABASE)).nodeAttrs).toEqual([]);
  });

  test("lets a proxy reach another one that names it, and tests the access", () => {
    const { tests } = deriveRequirements(exposing({ ...DATABASE, allowFrom: ["tag:k8s"] }));
    expect(tests).toEqual([
      { src: "tag:db", deny: ["tag:db:5432", "tag:k8s-operator:443"] },
      { src: "tag:k8s", accept: ["tag:db:5432"], deny: ["tag:k8s-operator:443"] },
    ]);
  });

  test.each(["*", "autogroup:member", "user:*@example.com"])(
    "writes no test for %s, which the policy language cannot test",
    (selector) => {
      const { grants, tests } = deriveRequirements(edge(selector));
      expect(grants).toEqual([{ src: [selector], dst: ["tag:k8s"], ip: ["tcp:443"] }]);
      expect(tests.map(({ src }) => src)).toEqual(["tag:k8s"]);
    },
  );

  test("sorts ports as numbers and removes duplicates", () => {
    const twice = {
      ...DATABASE,
      tags: ["tag:db", "tag:db"],
      ports: [5432, 443, 5432],
      allowFrom: ["tag:ci"],
    };
    const { tagOwners, grants } = deriveRequirements(exposing(twice, { ...twice, name: "same" }));
    expect(Object.keys(tagOwners)).toEqual(["tag:db", "tag:k8s", "tag:k8s-operator"]);
    expect(grants).toEqual([{ src: ["tag:ci"], dst: ["tag:db"], ip: ["tcp:443", "tcp:5432"] }]);
  });
});
