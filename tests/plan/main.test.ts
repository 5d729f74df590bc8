import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { maskChartVersion } from "../support/mask-chart-version.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const plan = (...args: readonly string[]) =>
  execa(process.execPath, [join(PROJECT_FOLDER, "plan", "main.ts"), ...args], { reject: false });

test("prints the text plan of ozilab", async () => {
  const { stdout, stderr, exitCode } = await plan();
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  await expect(maskChartVersion(`${stdout}\n`)).toMatchFileSnapshot("goldens/ozilab.plan.txt");
});

test("prints the JSON plan as one document and nothing else", async () => {
  const { stdout, stderr, exitCode } = await plan("--stack", "ozilab", "--format", "json");
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  const { stack, resources, outputs, ...rest } = JSON.parse(stdout) as Record<string, object>;
  expect(rest).toEqual({});
  expect(stack).toBe("ozilab");
  expect(new Set((resources as object[]).flatMap((resource) => Object.keys(resource)))).toEqual(
    new Set(["urn", "type", "name", "parent", "dependsOn", "inputs", "secretInputs"]),
  );
  expect(Object.keys(outputs ?? {})).toEqual(["exposure", "funnel", "hostnames"]);
});

test("prints the YAML plan with the stack's Kubernetes objects", async () => {
  const { stdout, exitCode } = await plan("--format", "yaml");
  expect(exitCode).toBe(0);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Record<string, unknown>);
  expect(objects.map(({ kind, metadata }) => `${String(kind)} ${JSON.stringify(metadata)}`)).toEqual([
    'Namespace {"labels":{"pod-security.kubernetes.io/enforce":"baseline"},"name":"tailscale"}',
    'Secret {"annotations":{"helm.sh/resource-policy":"keep","pulumi.com/patchForce":"true"},"name":"operator-oauth","namespace":"tailscale"}',
    'Ingress {"annotations":{"tailscale.com/funnel":"true","tailscale.com/tags":"tag:k8s"},"name":"ozilab-edge","namespace":"traefik"}',
  ]);
  expect(objects[1]?.["stringData"]).toEqual({});
});

test.each([["--help"], ["-h"]])("%s prints the usage, with the defaults", async (flag) => {
  const { stdout, stderr, exitCode } = await plan(flag);
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  expect(stdout).toMatch(/^Usage: node plan\/main\.ts \[options\]\n/);
  expect(stdout.match(/^ {2}(?:-h, )?--.*$/gm)).toEqual([
    "  --stack=<name>     the stack, read from Pulumi.<name>.yaml (default: ozilab)",
    "  --format=<format>  text, json, yaml (default: text)",
    "  -h, --help         print this text",
  ]);
});

test("without options, the plan is that of the documented defaults", async () => {
  const [bare, explicit] = await Promise.all([plan(), plan("--stack=ozilab", "--format=text")]);
  expect(bare.stdout).toBe(explicit.stdout);
});

test.each([
  [["--help", "--bogus"], "arguments"],
  [["--help=yes"], "arguments"],
  [["--stack", "nowhere"], "STACK"],
  [["--stack="], "STACK"],
  [["--stack=-x"], "STACK"],
  [["--format", "xml"], "FORMAT"],
  [["--format", "toString"], "FORMAT"],
  [["--format", "constructor"], "FORMAT"],
  [["--stack", "-x"], "arguments"],
  [["--bogus"], "arguments"],
  [["stray"], "arguments"],
])("refuses %j with status 1 and no stack trace", async (args, setting) => {
  const { stdout, stderr, exitCode } = await plan(...args);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
  expect(stderr).toContain(`the command has 1 issue\n\n  ${setting}\n    found: `);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test("ignores a reader that closes the pipe early", async () => {
  const running = plan();
  running.stdout.destroy();
  const { stderr, exitCode } = await running;
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
});

describe("make plan", () => {
  // Uses the installed packages, whatever their date.
  const make = (...variables: readonly string[]) =>
    execa(
      "make",
      ["--no-print-directory", "--old-file=node_modules/.package-lock.json", "plan", ...variables],
      {
        cwd: PROJECT_FOLDER,
        reject: false,
        // When make runs the tests, its flags and variables must not reach this make.
        env: { MAKEFLAGS: undefined, MAKELEVEL: undefined, STACK: undefined, FORMAT: undefined },
      },
    );

  test.each(["STACK", "FORMAT"])("never lets the shell run %s", async (variable) => {
    const value = 'x"; echo ran; "`echo ran`';
    const { stdout, stderr, exitCode } = await make(`${variable}=${value}`);
    expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 2 });
    expect(stderr).toContain(`  ${variable}\n    found:   ${JSON.stringify(value)}\n`);
  });

  test("refuses an empty STACK", async () => {
    const { stderr, exitCode } = await make("STACK=");
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      "  STACK\n    found:   an empty name\n    allowed: a stack with a file in this folder: ",
    );
  });

  test("prints the stack and format that the variables select", async () => {
    const { stdout, exitCode } = await make("STACK=ozilab", "FORMAT=json");
    expect([exitCode, (JSON.parse(stdout) as { stack: string }).stack]).toEqual([0, "ozilab"]);
  });
});
