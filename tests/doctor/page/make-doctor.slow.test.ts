import { afterAll, beforeAll, expect, test } from "vitest";
import { type ShellProject, shellProject } from "../../support/shell-project.ts";

let project: ShellProject;
beforeAll(async () => {
  project = await shellProject();
  project.shell.prepare("ozilab");
  for (const command of ["pulumi stack init ozilab", "pulumi up --yes --stack=ozilab"]) {
    const { exitCode, stdout, stderr } = await project.shell.run(command);
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
  }
});
afterAll(() => project.remove());

test("make doctor FORMAT=html prints one page with every hop of the deployed stack", async () => {
  const { stdout, stderr } = await project.shell.run("make -s doctor STACK=ozilab FORMAT=html");
  // The sandbox has no Cloudflare and no Funnel to connect to: make reports the status.
  expect(stderr).toMatch(/^make(?:\[\d+\])?: \*\*\* \[Makefile:\d+: doctor\] Error [12]$/);
  expect(stdout).toMatch(/^<!doctype html>[\s\S]*<\/html>\s*$/i);
  for (const text of ["app.example.com", "ozilab-edge.tail1234.ts.net", "zone example.com"]) {
    expect(stdout).toContain(text);
  }
  for (const hop of ["DNS", "Cloudflare", "Funnel", "Proxy", "Traefik", "Answer"])
    expect(stdout).toContain(`>${hop}<`);
  expect(stdout).not.toMatch(/tskey-|client_secret"|<script/);
});

test("node doctor/main.ts keeps the status that make replaces", async () => {
  const line = "node doctor/main.ts --stack=ozilab --format=json";
  const { stdout, exitCode } = await project.shell.run(line);
  const { verdict } = JSON.parse(stdout) as { verdict: "broken" | "unknown" };
  expect(exitCode).toBe({ broken: 1, unknown: 2 }[verdict]);
});
