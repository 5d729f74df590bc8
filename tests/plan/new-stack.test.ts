import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "new-stack-"));
  for (const path of [
    "index.ts",
    "package.json",
    "Pulumi.yaml",
    "Makefile",
    "components",
    "providers",
    "plan",
    "stacks",
    "worker",
  ]) {
    cpSync(join(PROJECT_FOLDER, path), join(folder, path), { recursive: true });
  }
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(folder, "node_modules"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const run = async (command: string, args: readonly string[]) => {
  const { stdout, stderr, exitCode } = await execa({
    cwd: folder,
    reject: false,
    stdin: "ignore",
    // When make runs the tests, its flags and variables must not reach this make.
    env: {
      MAKEFLAGS: undefined,
      MAKELEVEL: undefined,
      NAME: undefined,
      ANSWERS: undefined,
      STACK: undefined,
    },
  })(command, args);
  return { stdout, stderr, exitCode };
};
const make = (...args: readonly string[]) =>
  run("make", ["--no-print-directory", "--old-file=node_modules/.package-lock.json", ...args]);
const newStack = (...args: readonly string[]) => run(process.execPath, ["plan/new-stack/main.ts", ...args]);
const fileOf = (name: string) => readFileSync(join(folder, name), "utf8");

test("make stack writes a stack with a public edge that make plan accepts", async () => {
  const answers =
    "--tailnet=tail99.ts.net --context=home --hostnames=app.example.org,www.example.org --zones=example.org --backend=ingress/nginx:8443";
  expect(await make("stack", "NAME=homelab", `ANSWERS=${answers}`)).toEqual({
    stdout:
      "wrote Pulumi.homelab.yaml\nwrote stacks/homelab.policy.hujson\nnext: make plan STACK=homelab\nthen: pulumi stack init homelab, and docs/deploy.md",
    stderr: "",
    exitCode: 0,
  });
  expect(fileOf("Pulumi.homelab.yaml")).toBe(
    `# yaml-language-server: $schema=stacks/schema.json
config:
  kubernetes:context: home
  tailnet-edge:tailnet:
    name: tail99.ts.net
    policy: managed
    basePolicy: stacks/homelab.policy.hujson
  tailnet-edge:operator:
    hostname: homelab-operator
    credential:
      kind: oauth
      serial: 1
  tailnet-edge:publicEdge:
    funnel:
      hostname: homelab-edge
      backend:
        namespace: ingress
        service: nginx
        port: 8443
      allowFrom:
        - autogroup:member
    zones:
      - example.org
    hostnames:
      - app.example.org
      - www.example.org
`,
  );
  const plan = await make("plan", "STACK=homelab");
  expect([plan.exitCode, plan.stdout.split("\n")[0]]).toEqual([
    0,
    "Stack homelab: 14 resources. No account and no cluster was contacted.",
  ]);
});

test("a stack that verifies the policy has no base policy and no public edge", async () => {
  const { exitCode } = await newStack("--name=second", "--tailnet=tail99.ts.net", "--policy=verified");
  expect(exitCode).toBe(0);
  expect(existsSync(join(folder, "stacks/second.policy.hujson"))).toBe(false);
  expect(fileOf("Pulumi.second.yaml")).not.toContain("publicEdge");
  expect(await make("plan", "STACK=second")).toMatchObject({ exitCode: 0 });
});

describe("rejects, and writes nothing", () => {
  test.each<[string, readonly string[], string]>([
    ["a missing tailnet", ["--name=x"], "--tailnet"],
    ["missing zones", ["--name=x", "--tailnet=t.ts.net", "--hostnames=a.example.org"], "--zones"],
    ["a name that leaves the folder", ["--name=../x", "--tailnet=t.ts.net"], "NAME"],
    ["an empty name", ["--name=", "--tailnet=t.ts.net"], "--name"],
    ["a tailnet that is none", ["--name=x", "--tailnet=example.org"], "tailnet-edge:tailnet.name"],
    ["an unknown policy", ["--name=x", "--tailnet=t.ts.net", "--policy=none"], "tailnet-edge:tailnet.policy"],
    [
      "a hostname outside the zones",
      ["--name=x", "--tailnet=t.ts.net", "--hostnames=a.example.org", "--zones=example.com"],
      "tailnet-edge:publicEdge.hostnames[0]",
    ],
    [
      "a backend without a port",
      [
        "--name=x",
        "--tailnet=t.ts.net",
        "--hostnames=a.example.org",
        "--zones=example.org",
        "--backend=traefik",
      ],
      "--backend",
    ],
  ])("%s", async (_, args, path) => {
    const { stdout, stderr, exitCode } = await newStack(...args);
    expect([stdout, exitCode]).toEqual(["", 1]);
    expect(stderr).toContain(`\n  ${path}\n    found: `);
    expect(existsSync(join(folder, "Pulumi.x.yaml"))).toBe(false);
    expect(existsSync(join(folder, "stacks/x.policy.hujson"))).toBe(false);
  });

  test("a stack that exists, and keeps its file", async () => {
    await newStack("--name=x", "--tailnet=t.ts.net");
    const before = fileOf("Pulumi.x.yaml");
    const { stderr, exitCode } = await newStack("--name=x", "--tailnet=other.ts.net");
    expect([exitCode, fileOf("Pulumi.x.yaml")]).toEqual([1, before]);
    expect(stderr).toContain("  Pulumi.x.yaml\n    found:   a file that exists");
  });

  test("what the shell would run", async () => {
    const { exitCode } = await make("stack", 'NAME=x"; touch ran; "', "ANSWERS=--tailnet=$(touch ran)");
    expect(exitCode).not.toBe(0);
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });
});

test("asks for what the options leave out, and only for that", async () => {
  // script gives the command a terminal.
  const answers = "tail99.ts.net\n\n\na.example.org\nexample.org\n\n";
  const { stdout, exitCode } = await execa({ cwd: folder, input: answers, reject: false })("script", [
    "-qec",
    `${process.execPath} plan/new-stack/main.ts --name=asked`,
    "/dev/null",
  ]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Ingress controller, as namespace/service:port [traefik/traefik:443]: ");
  expect(stdout).not.toContain("Name of the cluster");
  expect(fileOf("Pulumi.asked.yaml")).toContain("- a.example.org");
});
