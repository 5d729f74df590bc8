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

test("the stack ozilab, with the project's defaults", () => {
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
    "tailnet-edge:proxyGroups",
    "tailnet-edge:publicEdge",
    "tailnet-edge:tailnet",
  ]);
  expect(config["tailnet-edge:tailnet"]).toBe(
    '{"name":"tail1234.ts.net","policy":"managed","basePolicy":"stacks/ozilab.policy.hujson"}',
  );
});

test.each(["", "config:\n", "encryptionsalt: v1:x\n"])(
  "a file that says %j leaves the defaults",
  (stackFile) => {
    expect(read(stackFile)).toEqual({
      project: "demo",
      config: { "demo:plain": '{"a":1}', "demo:text": "", "kubernetes:mutable": "true" },
      secretKeys: [],
    });
  },
);

test("what the stack's file says goes before a default; texts stay as they are, the rest is JSON", () => {
  const stackFile =
    "config: { demo:plain: [1, x], demo:text: ten, demo:none: 10, kubernetes:mutable: false }";
  expect(read(stackFile).config).toEqual({
    "demo:plain": '[1,"x"]',
    "demo:text": "ten",
    "demo:none": "10",
    "kubernetes:mutable": "false",
  });
});

test("an encrypted value is known to be one, and its ciphertext is not read, at the top or deep in a value", () => {
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

describe("a issue of a file names the line and the column", () => {
  const issue = (path: string, found: string) => ({
    path,
    found,
    allowed: "YAML, with each key once",
    fix: "mend the file at that place",
  });

  test.each([
    ["config:\n  a: 1\n  b: 2\n  a: 3\n", "Pulumi.test.yaml:4:3", "Map keys must be unique"],
    ["config:\n\ta: 1\n", "Pulumi.test.yaml:2:1", "Tabs are not allowed as indentation"],
  ])("%j", (stackFile, path, found) => {
    expect(issuesOf(() => read(stackFile))).toEqual([issue(path, found)]);
  });

  test("in the project's file too", () => {
    expect(issuesOf(() => read("", "name: demo\nname: other\n"))).toEqual([
      issue("Pulumi.yaml:2:1", "Map keys must be unique"),
    ]);
  });
});

describe("an alias of nothing, or of what it stands in itself, is a issue at its place", () => {
  test.each([
    ["config:\n  demo:plain:\n    - *foo\n", "Pulumi.test.yaml:3:7"],
    ["config:\n  demo:plain:\n    - &h { host: a, via: *h }\n", "Pulumi.test.yaml:3:26"],
    ["config:\n  demo:plain: &h\n    <<: *h\n", "Pulumi.test.yaml:3:9"],
    ["config: *foo\n", "Pulumi.test.yaml:1:9"],
  ])("%j", (stackFile, path) => {
    expect(issuesOf(() => read(stackFile))).toEqual([
      {
        path,
        found: "an alias (*) whose anchor (&) is missing or holds the alias itself",
        allowed: "an alias of an anchor (&) whose value ends above it",
        fix: "set the anchor before the value that is meant, or quote a text that starts with *",
      },
    ]);
  });
});

test("an alias stands for what it names, and << merges the keys that are not there", () => {
  const stackFile = `
base: &base { host: a, via: worker }
config:
  demo:plain: [*base, { <<: *base, host: b }]
`;
  expect(read(stackFile).config["demo:plain"]).toBe(
    '[{"host":"a","via":"worker"},{"host":"b","via":"worker"}]',
  );
});

test("<< before what is no mapping is a issue of the file", () => {
  expect(issuesOf(() => read("config: { demo:plain: { <<: 1 } }"))).toMatchObject([
    { path: "Pulumi.test.yaml", found: "Merge sources must be maps or map aliases" },
  ]);
});

describe("what should be a mapping and is none, is one issue", () => {
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
        fix: "write the settings as such lines, each with its key",
      },
    ]);
  });
});

test("a second document is a issue where it starts", () => {
  expect(issuesOf(() => read("config: {}\n---\nconfig: {}\n"))).toEqual([
    {
      path: "Pulumi.test.yaml:2:1",
      found: "a second YAML document",
      allowed: "one document in a file",
      fix: "take out the line --- and move what is below it to where it belongs above",
    },
  ]);
});

test("a folder in the place of the file is a issue", () => {
  read("");
  mkdirSync(join(folder, "Pulumi.dir.yaml"));
  expect(issuesOf(() => readStackFile(folder, "dir"))).toEqual([
    {
      path: "Pulumi.dir.yaml",
      found: "illegal operation on a directory",
      allowed: "a file that can be read",
      fix: "put such a file there",
    },
  ]);
});

test("no stack at all is told which there are, and of no file that none could have", () => {
  expect(issuesOf(() => (read(""), readStackFile(folder, "")))).toEqual([
    {
      path: "STACK",
      found: "nothing",
      allowed: "a stack that has a file here: test",
      fix: "choose one of these",
    },
  ]);
});

test("a stack without a file is told which there are", () => {
  writeFileSync(join(folder, "Pulumi.zeta.yaml"), "");
  expect(issuesOf(() => (read(""), readStackFile(folder, "prod")))).toEqual([
    {
      path: "STACK",
      found: '"prod"',
      allowed: "a stack that has a file here: test, zeta",
      fix: "choose one of these, or write Pulumi.prod.yaml",
    },
  ]);
});
