import { describe, expect, test } from "vitest";
import { parsePolicyFile } from "../../../../components/tailnet/policy/document.ts";

const EMPTY = { groups: {}, tagOwners: {}, acls: [], grants: [], nodeAttrs: [], tests: [] };

const wrongShape = (path: string, found: string, allowed: string) => ({
  path,
  found,
  allowed: `what Tailscale's policy syntax has there (${allowed})`,
  fix: "mend the entry; nothing of the policy was sent",
});

describe("parsePolicyFile", () => {
  test("reads a policy without sections as one with empty ones", () => {
    expect(parsePolicyFile("{}", "p.hujson")).toEqual({
      file: { source: "p.hujson", text: "{}", document: EMPTY, spelling: new Map() },
      issues: [],
    });
  });

  test("finds sections in any spelling and remembers it", () => {
    const text =
      '{"ACLs": [{"action": "accept", "Src": []}], "TagOwners": {"tag:a": []}, "Hosts": {"h": "10.0.0.1"}}';
    const { file } = parsePolicyFile(text, "p.hujson");
    expect(file?.document).toEqual({
      ...EMPTY,
      acls: [{ action: "accept", Src: [] }],
      tagOwners: { "tag:a": [] },
      Hosts: { h: "10.0.0.1" },
    });
    expect(file?.spelling).toEqual(
      new Map([
        ["acls", "ACLs"],
        ["tagOwners", "TagOwners"],
        ["Hosts", "Hosts"],
      ]),
    );
  });

  test("keeps what it does not read of an entry", () => {
    const grant = { src: ["a@b"], dst: ["tag:a"], app: { "example.com/cap": [{}] } };
    const { file } = parsePolicyFile(JSON.stringify({ grants: [grant] }), "p.hujson");
    expect(file?.document.grants).toEqual([{ ...grant, ip: [] }]);
  });

  test("names every section of a wrong shape", () => {
    const text = '{"acls": {}, "grants": [{"src": "a@b"}], "tests": null, "groups": {"group:a": [1]}}';
    expect(parsePolicyFile(text, "p.hujson")).toEqual({
      file: undefined,
      issues: [
        wrongShape('p.hujson: groups["group:a"][0]', "number", "string"),
        wrongShape("p.hujson: acls", "object", "array"),
        wrongShape("p.hujson: grants[0].src", "string", "array"),
        wrongShape("p.hujson: grants[0].dst", "undefined", "array"),
        wrongShape("p.hujson: tests", "null", "array"),
      ],
    });
  });

  test("refuses a policy that is no object", () => {
    expect(parsePolicyFile("[]", "p.hujson").issues).toEqual([wrongShape("p.hujson", "array", "object")]);
  });

  test("refuses a section that stands there in two spellings", () => {
    expect(parsePolicyFile('{"ACLs": [], "hosts": {}, "acls": []}', "p.hujson").issues).toEqual([
      {
        path: "p.hujson: acls",
        found: "the section ACLs a second time, in another spelling",
        allowed: "each section once: Tailscale reads them without regard to case",
        fix: "merge the two sections into one",
      },
    ]);
  });

  test("tells of syntax before shape", () => {
    expect(parsePolicyFile('{"acls": {}, "acls": [}', "p.hujson").issues.map(({ path }) => path)).toEqual([
      "p.hujson:1:23",
      "p.hujson:1:24",
      "p.hujson:1:24",
    ]);
  });
});
