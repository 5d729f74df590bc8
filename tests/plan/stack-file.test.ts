import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../components/config-issue.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "stack-file-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const PROJECT = `
name: demo
config:
  plain: { default: { a: 1 } }
  text: { default: "" }
  none: { description: no default }
  kubernetes:mutable: { value: true }
`;

function read(stackFile: string, project = PROJECT) {
  writeFileSync(join(folder, "Pulumi.yaml"), project);
  writeFileSync(join(folder, "Pulumi.test.yaml"), stackFile);
  return readStackFile(folder, "test");
}

function issuesOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.issues;
    throw error;
  }
  return [];
}

test("reads the stack ozilab with the project's defaults", () => {
  const { project, config, secretKeys } = readStackFile(PROJECT_FOLDER, "ozilab");
  expect([project, secretKeys]).toEqual(["tailnet-edge", []]);
  expect(Object.keys(config).toSorted()).toEqual([
    "kubernetes:enableSecretMutable",
    "tailnet-edge:clusterDns",
    "tailnet-edge:homepage",
    "tailnet-edge:operator",
    "tailnet-edge:operatorClientId",
    "tailnet-edge:operatorClientSecret",
    "tailnet-edge:privateServices",
    "tailnet-edge:proxyClasses",
    "tailnet-edge:proxyGroups",
    "tailnet-edge:publicEdge",
    "tailnet-edge:tailnet",
  ]);
  expect(config["tailnet-edge:tailnet"]).toBe(
    '{"name":"tail1234.ts.net","policy":"managed","basePolicy":"stacks/ozilab.policy.hujson"}',
  );
});

test.each(["", "config:\n", "encryptionsalt: v1:x\n"])("the file %j leaves the defaults", (stackFile) => {
  expect(read(stackFile)).toEqual({
    project: "demo",
    config: { "demo:plain": '{"a":1}', "demo:text": "", "kubernetes:mutable": "true" },
    secretKeys: [],
  });
});

test("the stack's file overrides defaults; strings are kept, other values become JSON", () => {
  const stackFile =
    "config: { demo:plain: [1, x], demo:text: ten, demo:none: 10, kubernetes:mutable: false }";
  expect(read(stackFile).config).toEqual({
    "demo:plain": '[1,"x"]',
    "demo:text": "ten",
    "demo:none": "10",
    "kubernetes:mutable": "false",
  });
});

test("reports encrypted values at any depth without reading the ciphertext", () => {
  const stackFile = `
config:
  demo:text: { secure: v1:CIPHER }
  demo:plain: { a: [{ secure: v1:CIPHER }], b: { secure: v1:CIPHER, more: 1 } }
`;
  expect(read(stackFile)).toEqual({
    project: "demo",
    config: {
      "demo:plain": '{"a":["[encrypted]"],"b":{"secure":"v1:CIPHER","more":1}}',
      "demo:text": "[encrypted]",
      "kubernetes:mutable": "true",
    },
    secretKeys: ["demo:plain", "demo:text"],
  });
});

describe("an issue in a file names its line and column", () => {
  const issue = (path: string, found: string) => ({
    path,
    found,
    allowed: "YAML, with each key once",
    fix: "fix the file at this position",
  });

  test.each([
    ["config:\n  a: 1\n  b: 2\n  a: 3\n", "Pulumi.test.yaml:4:3", "Map keys must be unique"],
    ["config:\n\ta: 1\n", "Pulumi.test.yaml:2:1", "Tabs are not allowed as indentation"],
  ])("%j", (stackFile, path, found) => {
    expect(issuesOf(() => read(stackFile))).toEqual([issue(path, found)]);
  });

  test("in the project's file", () => {
    expect(issuesOf(() => read("", "name: demo\nname: other\n"))).toEqual([
      issue("Pulumi.yaml:2:1", "Map keys must be unique"),
    ]);
  });
});

describe("an alias without an anchor, or inside its own anchor, is an issue at its position", () => {
  test.each([
    ["config:\n  demo:plain:\n    - *foo\n", "Pulumi.test.yaml:3:7"],
    ["config:\n  demo:plain:\n    - &h { host: a, via: *h }\n", "Pulumi.test.yaml:3:26"],
    ["config:\n  demo:plain: &h\n    <<: *h\n", "Pulumi.test.yaml:3:9"],
    ["config: *foo\n", "Pulumi.test.yaml:1:9"],
  ])("%j", (stackFile, path) => {
    expect(issuesOf(() => read(stackFile))).toEqual([
      {
        path,
        found: "an alias (*) whose anchor (&) is missing or contains the alias itself",
        allowed: "an alias of an anchor (&) whose value ends before the alias",
        fix: "add the anchor before the intended value, or quote a text that starts with *",
      },
    ]);
  });
});

test("an alias is replaced by its anchor's value, and << merges missing keys", () => {
  const stackFile = `
base: &base { host: a, via: worker }
config:
  demo:plain: [*base, { <<: *base, host: b }]
`;
  expect(read(stackFile).config["demo:plain"]).toBe(
    '[{"host":"a","via":"worker"},{"host":"b","via":"worker"}]',
  );
});

test("<< with a value that is not a mapping is an issue of the file", () => {
  expect(issuesOf(() => read("config: { demo:plain: { <<: 1 } }"))).toMatchObject([
    { path: "Pulumi.test.yaml", found: "Merge sources must be maps or map aliases" },
  ]);
});

describe("a value that should be a mapping and is not is one issue", () => {
  test.each([
    ["config: hello\n", "Pulumi.test.yaml: config", "a single value"],
    ["config: []\n", "Pulumi.test.yaml: config", "a list"],
    ["- config\n", "Pulumi.test.yaml", "a list"],
    ["config\n", "Pulumi.test.yaml", "a single value"],
  ])("%j", (stackFile, path, found) => {
    expect(issuesOf(() => read(stackFile))).toEqual([
      {
        path,
        found,
        allowed: "a mapping: lines of key: value",
        fix: "write each setting as such a line",
      },
    ]);
  });
});

test("a second document is an issue where it starts", () => {
  expect(issuesOf(() => read("config: {}\n---\nconfig: {}\n"))).toEqual([
    {
      path: "Pulumi.test.yaml:2:1",
      found: "a second YAML document",
      allowed: "one document in a file",
      fix: "remove the line ---, and merge what is below it into the first document",
    },
  ]);
});

test("a folder in place of the file is an issue", () => {
  read("");
  mkdirSync(join(folder, "Pulumi.dir.yaml"));
  expect(issuesOf(() => readStackFile(folder, "dir"))).toEqual([
    {
      path: "Pulumi.dir.yaml",
      found: "illegal operation on a directory",
      allowed: "a readable file",
      fix: "replace it with a readable file",
    },
  ]);
});

test("an empty stack name lists the existing stacks, and proposes no file", () => {
  expect(issuesOf(() => (read(""), readStackFile(folder, "")))).toEqual([
    {
      path: "STACK",
      found: "an empty name",
      allowed: "a stack with a file in this folder: test",
      fix: "choose one of these",
    },
  ]);
});

test("a stack without a file lists the existing stacks", () => {
  writeFileSync(join(folder, "Pulumi.zeta.yaml"), "");
  expect(issuesOf(() => (read(""), readStackFile(folder, "prod")))).toEqual([
    {
      path: "STACK",
      found: '"prod"',
      allowed: "a stack with a file in this folder: test, zeta",
      fix: "choose one of these, or create Pulumi.prod.yaml",
    },
  ]);
});
