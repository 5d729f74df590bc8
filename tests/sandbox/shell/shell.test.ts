import { afterAll, expect, test } from "vitest";
import { objectKey, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { shellProject } from "../../support/shell-project.ts";

const project = await shellProject();
afterAll(() => project.remove());

test("pulumi in the shell runs the project's program on the simulated systems", async () => {
  const { shell } = project;
  shell.prepare("ozilab");
  expect(await shell.run("pulumi stack init ozilab")).toMatchObject({ exitCode: 0 });

  const preview = await shell.run("pulumi preview --json");
  expect(preview.exitCode).toBe(0);
  const { changeSummary } = JSON.parse(preview.stdout) as { changeSummary: object };
  expect(changeSummary).toEqual({ create: 19 });
  const ingress = () => shell.withWorld("ozilab", (world) => objects(world).has(INGRESS));
  expect(ingress()).toBe(false);

  expect(await shell.run("pulumi up --yes --stack=ozilab")).toMatchObject({ exitCode: 0 });
  expect(ingress()).toBe(true);
  expect(await shell.run("pulumi preview --expect-no-changes -s ozilab")).toMatchObject({ exitCode: 0 });
});

test("a failing command is a result with its status and output", async () => {
  const { exitCode, stderr } = await project.shell.run("pulumi preview --stack nowhere");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("no stack named 'nowhere' found");
});

const INGRESS = objectKey("Ingress", "traefik", "ozilab-edge");
