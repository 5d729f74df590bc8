import { writeFileSync } from "node:fs";
import { join } from "node:path";
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
  expect(changeSummary).toEqual({ create: 20 });
  const ingress = () => shell.withWorld("ozilab", (world) => objects(world).has(INGRESS));
  expect(ingress()).toBe(false);

  expect(await shell.run("pulumi up --yes --stack=ozilab")).toMatchObject({ exitCode: 0 });
  expect(ingress()).toBe(true);
  expect(await shell.run("pulumi preview --expect-no-changes -s ozilab")).toMatchObject({ exitCode: 0 });
});

test("pulumi import takes an object over that is not in the state", async () => {
  const { shell } = project;
  const { stdout } = await shell.run("pulumi stack --show-urns --stack=ozilab");
  const [urn = ""] = /urn:\S+::operator-namespace/.exec(stdout) ?? [];
  const [operator = ""] = /urn:\S+::operator$/m.exec(stdout) ?? [];
  const deletion = await shell.run(`pulumi state delete '${urn}' --target-dependents --yes --stack=ozilab`);
  expect(deletion).toMatchObject({ exitCode: 0 });
  const resource = { type: "kubernetes:core/v1:Namespace", name: "operator-namespace", parent: "operator" };
  const file = { nameTable: { operator }, resources: [{ ...resource, id: "tailscale" }] };
  writeFileSync(join(project.folder, "import.json"), JSON.stringify(file));

  const imported = await shell.run(
    "pulumi import --file import.json --protect=false --generate-code=false --yes --stack=ozilab",
  );
  expect(imported).toMatchObject({ exitCode: 0 });
  expect((await shell.run("pulumi stack --show-urns --stack=ozilab")).stdout).toContain(urn);
});

test("a failing command is a result with its status and output", async () => {
  const { exitCode, stderr } = await project.shell.run("pulumi preview --stack nowhere");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("no stack named 'nowhere' found");
});

const INGRESS = objectKey("Ingress", "traefik", "ozilab-edge");
