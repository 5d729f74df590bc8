import { describe, expect, test } from "vitest";
import { parsePolicyFile } from "../../../../components/tailnet/policy/document.ts";

const EMPTY = { groups: {}, tagOwners: {}, acls: [], grants: [], nodeAttrs: [], tests: [] };

const wrongType = (path: string, found: string, allowed: string) => ({
  path,
  found,
  allowed: `what Tailscale's policy syntax allows there: ${allowed}`,
  fix: "fix this entry; the policy was not uploaded",
});

describe("parsePolicyFile", () => {
  test("reads missing sections as empty ones", () => {
    expect(parsePolicyFile("{}", "p.hujson")).toEqual({
      file: { source: "p.hujson", text: "{}", document: EMPTY, spelling: new Map() },
      issues: [],
    });
  });

  test("finds sections in any case and remembers their spelling", () => {
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

  test("keeps the parts of an entry that it does not read", () => {
    const grant = { src: ["a@b"], dst: ["tag:a"], app: { "example.com/cap": [{}] } };
    const { file } = parsePolicyFile(JSON.stringify({ grants: [grant] }), "p.hujson");
    expect(file?.document.grants).toEqual([{ ...grant, ip: [] }]);
  });

  test("reports every section of a wrong type", () => {
    const text = '{"acls": {}, "grants": [{"src": "a@b"}], "tests": null, "groups": {"group:a": [1]}}';
    expect(parsePolicyFile(text, "p.hujson")).toEqual({
      file: undefined,
      issues: [
        wrongType('p.hujson: groups["group:a"][0]', "number", "string"),
        wrongType("p.hujson: acls", "object", "array"),
        wrongType("p.hujson: grants[0].src", "string", "array"),
        wrongType("p.hujson: grants[0].dst", "undefined", "array"),
        wrongType("p.hujson: tests", "null", "array"),
      ],
    });
  });

  test("rejects a policy that is not an object", () => {
    expect(parsePolicyFile("[]", "p.hujson").issues).toEqual([wrongType("p.hujson", "array", "object")]);
  });

  test("rejects a section that occurs in two spellings", () => {
    expect(parsePolicyFile('{"ACLs": [], "hosts": {}, "acls": []}', "p.hujson").issues).toEqual([
      {
        path: "p.hujson: acls",
        found: "a second section ACLs, spelled differently",
        allowed: "each section once: Tailscale ignores the case of their names",
        fix: "merge the two sections into one",
      },
    ]);
  });

  test("reports only syntax issues if there are any", () => {
    expect(parsePolicyFile('{"acls": {}, "acls": [}', "p.hujson").issues.map(({ path }) => path)).toEqual([
      "p.hujson:1:23",
      "p.hujson:1:24",
      "p.hujson:1:24",
    ]);
  });
});
