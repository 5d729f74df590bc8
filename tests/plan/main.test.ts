import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { PROJECT_FOLDER } from "../record-stack.ts";

const plan = (...args: readonly string[]) =>
  execa(process.execPath, [join(PROJECT_FOLDER, "plan", "main.ts"), ...args], { reject: false });

test("the text plan of ozilab", async () => {
  const { stdout, stderr, exitCode } = await plan();
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  await expect(`${stdout}\n`).toMatchFileSnapshot("goldens/ozilab.plan.txt");
});

test("the JSON plan is one document and nothing else on standard output", async () => {
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

test("the YAML plan is the stack's Kubernetes objects", async () => {
  const { stdout, exitCode } = await plan("--format", "yaml");
  expect(exitCode).toBe(0);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Record<string, unknown>);
  expect(objects.map(({ kind, metadata }) => `${String(kind)} ${JSON.stringify(metadata)}`)).toEqual([
    'Namespace {"labels":{"pod-security.kubernetes.io/enforce":"baseline"},"name":"tailscale"}',
    'Secret {"name":"operator-oauth","namespace":"tailscale"}',
    'Ingress {"annotations":{"tailscale.com/funnel":"true","tailscale.com/tags":"tag:k8s"},"name":"ozilab-edge","namespace":"traefik"}',
  ]);
  expect(objects[1]?.["stringData"]).toEqual({});
});

test.each([
  [["--stack", "nowhere"], "STACK"],
  [["--format", "xml"], "FORMAT"],
])("%j is refused with status 1 and no stack trace", async (args, setting) => {
  const { stdout, stderr, exitCode } = await plan(...args);
  expect({ stdout, exitCode }).toEqual({ stdout: "", exitCode: 1 });
  expect(stderr).toContain(`the command has one fault\n\n  ${setting}\n    found: `);
  expect(stderr).not.toMatch(/^\s+at /m);
});
