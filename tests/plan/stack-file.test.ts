import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UserError } from "../../components/faults.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { PROJECT_FOLDER } from "../stack-config.ts";

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

function faultsOf(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.faults;
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

describe("a fault of a file names the line and the column", () => {
  const fault = (path: string, found: string) => ({
    path,
    found,
    allowed: "YAML, with each key once",
    mend: "mend the file at that place",
  });

  test.each([
    ["config:\n  a: 1\n  b: 2\n  a: 3\n", "Pulumi.test.yaml:4:3", "Map keys must be unique"],
    ["config:\n\ta: 1\n", "Pulumi.test.yaml:2:1", "Tabs are not allowed as indentation"],
  ])("%j", (stackFile, path, found) => {
    expect(faultsOf(() => read(stackFile))).toEqual([fault(path, found)]);
  });

  test("in the project's file too", () => {
    expect(faultsOf(() => read("", "name: demo\nname: other\n"))).toEqual([
      fault("Pulumi.yaml:2:1", "Map keys must be unique"),
    ]);
  });
});

test("a stack without a file is told which there are", () => {
  writeFileSync(join(folder, "Pulumi.zeta.yaml"), "");
  expect(faultsOf(() => (read(""), readStackFile(folder, "prod")))).toEqual([
    {
      path: "STACK",
      found: '"prod"',
      allowed: "a stack that has a file here: test, zeta",
      mend: "choose one of these, or write Pulumi.prod.yaml",
    },
  ]);
});
