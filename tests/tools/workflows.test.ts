import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ENGINE_VERSION } from "../../sandbox/engine/find-engine.ts";
import { auditWorkflow } from "../../tools/workflows/audit.ts";
import { PROJECT_FOLDER } from "../support/stack-config.ts";

const FILES = globSync([".github/workflows/*.yml", ".github/actions/*/action.yml"], { cwd: PROJECT_FOLDER });
const textOf = (file: string) => readFileSync(join(PROJECT_FOLDER, file), "utf8");

test("the workflows are those that the documentation names", () => {
  expect(FILES.map((file) => file.split("/").slice(-2).join("/")).toSorted()).toEqual([
    "prepare/action.yml",
    "workflows/ci.yml",
    "workflows/comment.yml",
    "workflows/doctor.yml",
    "workflows/drift.yml",
    "workflows/preview.yml",
    "workflows/up.yml",
  ]);
});

test.each(FILES)("%s has no finding", (file) => {
  expect(auditWorkflow(file, textOf(file))).toEqual([]);
});

describe("an edit that would open the workflow is a finding", () => {
  const workflow = (name: string) => `.github/workflows/${name}.yml`;
  test.each<[string, string, string, string, string]>([
    ["a tag", "ci", "@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7", "pin the action by SHA"],
    ["no version", "ci", " # v7.0.1", "", "pin the action by SHA"],
    ["an expression in a script", "ci", "run: make", "run: echo ${{ github.head_ref }}; make", "through env"],
    [
      "credentials in the checkout",
      "up",
      "persist-credentials: false",
      "fetch-depth: 1",
      "persist-credentials",
    ],
    ["permissions for every job", "up", "permissions: {}", "permissions: write-all", "permissions: {}"],
    [
      "an unexplained permission",
      "up",
      "id-token: write # to log",
      "id-token: write\n      # to log",
      "id-token",
    ],
    [
      "a trigger with secrets for forks",
      "preview",
      "  pull_request:\n",
      "  pull_request_target:\n",
      "why this trigger",
    ],
    [
      "secrets for forks",
      "preview",
      "head.repo.full_name ==",
      "head.repo.full_name !=",
      "must exclude forks",
    ],
    ["secrets without an environment", "preview", "    environment: preview\n", "", "needs an environment"],
    [
      "a checkout of the pull request",
      "comment",
      "with:\n          persist",
      "with:\n          ref: x\n          persist",
      "check out no code",
    ],
    ["no limit of time", "drift", "    timeout-minutes: 30\n", "", "set timeout-minutes"],
    [
      "runs at the same time",
      "up",
      "concurrency:\n  group: up\n  cancel-in-progress: false\n",
      "",
      "limit the concurrency",
    ],
  ])("%s", (_, name, from, to, finding) => {
    const text = textOf(workflow(name));
    expect(text).toContain(from);
    expect(auditWorkflow(name, text.replace(from, to)).join("\n")).toContain(finding);
  });

  test("a cache in a job with secrets", () => {
    const document = parse(textOf(workflow("up"))) as { jobs: { up: { steps: object[] } } };
    document.jobs.up.steps.push({ name: "Cache", uses: "actions/cache@x", with: { path: "x" } });
    expect(auditWorkflow("up", stringify(document)).join("\n")).toContain("reads no cache");
  });
});

test("the workflows install the engine that the tests run", () => {
  expect(textOf(".github/actions/prepare/action.yml")).toContain(
    `pulumi-version: ${ENGINE_VERSION.version}\n`,
  );
});

describe("a job with credentials", () => {
  interface Steps {
    readonly steps: readonly {
      readonly name: string;
      readonly if?: string;
      readonly uses?: string;
      readonly with?: Readonly<Record<string, string>>;
      readonly env?: Readonly<Record<string, string>>;
    }[];
  }
  const { inputs, runs } = parse(textOf(".github/actions/prepare/action.yml")) as {
    inputs: object;
    runs: Steps;
  };

  test.each(["preview", "up", "drift", "doctor"])("%s passes what its environment has", (name) => {
    const { jobs } = parse(textOf(`.github/workflows/${name}.yml`)) as { jobs: Record<string, Steps> };
    const { steps = [] } = jobs[name] ?? {};
    const prepare = steps.find(({ uses }) => uses === "./.github/actions/prepare");
    expect(Object.keys(prepare?.with ?? {}).toSorted()).toEqual(Object.keys(inputs).toSorted());
    const passed = steps.find(({ env }) => env?.["PULUMI_BACKEND_URL"] !== undefined)?.env ?? {};
    const secret = (key: string) => [key, `\${{ secrets.${key} }}`];
    const { GITHUB_TOKEN: token, ...rest } = passed;
    expect(token).toBe(["drift", "doctor"].includes(name) ? "${{ github.token }}" : undefined);
    expect(rest).toEqual({
      KUBECONFIG: "${{ runner.temp }}/kubeconfig",
      PULUMI_BACKEND_URL: "${{ vars.PULUMI_BACKEND_URL }}",
      AZURE_STORAGE_ACCOUNT: "${{ vars.AZURE_STORAGE_ACCOUNT }}",
      ...Object.fromEntries(
        [
          ...["PULUMI_ACCESS_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "TAILSCALE_API_KEY"],
          ...["TAILSCALE_OAUTH_CLIENT_ID", "TAILSCALE_OAUTH_CLIENT_SECRET", "CLOUDFLARE_API_TOKEN"],
        ].map(secret),
      ),
    });
    const documented = textOf("docs/ci.md");
    const used = JSON.stringify(steps).matchAll(/(?:vars|secrets)\.(\w+)/g);
    const names = [...used].map(([, variable = ""]) => variable);
    expect(names.filter((variable) => !documented.includes(`\`${variable}\``))).toEqual([]);
  });

  test("logs in to a cloud only if the cloud is set", () => {
    const logins = runs.steps.filter(({ name }) => name.startsWith("Log in to "));
    expect(logins.map((step) => [step.uses?.split("@")[0], step.if])).toEqual([
      ["aws-actions/configure-aws-credentials", "inputs.aws-role != ''"],
      ["azure/login", "inputs.azure-client-id != ''"],
      ["google-github-actions/auth", "inputs.google-identity-provider != ''"],
    ]);
  });
});

test("up runs on pushes to main only", () => {
  const { on } = parse(textOf(".github/workflows/up.yml")) as { on: object };
  expect(on).toEqual({ push: { branches: ["main"] }, workflow_dispatch: null });
});

test("the comment is written after every preview that ran, however it ended", () => {
  const { jobs } = parse(textOf(".github/workflows/comment.yml")) as { jobs: { comment: { if: string } } };
  const [, conclusions = ""] =
    /^github\.event\.workflow_run\.event == 'pull_request' &&\s+contains\(fromJSON\('(.*)'\), github\.event\.workflow_run\.conclusion\)$/.exec(
      jobs.comment.if,
    ) ?? [];
  expect(JSON.parse(conclusions)).toEqual(["success", "failure", "timed_out", "cancelled"]);
});

test("an update that has begun is never cancelled", () => {
  const { concurrency } = parse(textOf(".github/workflows/up.yml")) as { concurrency: object };
  expect(concurrency).toEqual({ group: "up", "cancel-in-progress": false });
});
