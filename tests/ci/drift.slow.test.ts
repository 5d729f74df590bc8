import { afterAll, expect, test } from "vitest";
import { records } from "../../sandbox/providers/cloudflare/dns-record.ts";
import { changedProject } from "./changed-project.ts";
import { GitHubServer } from "./github-server.ts";

const project = await changedProject(["ozilab", "tazlab"]);
const server = new GitHubServer();
afterAll(async () => {
  server.close();
  await project.remove();
});

test("drift opens one issue, edits it, and closes it when it is gone", async () => {
  const variables = await server.environment();
  const drift = () => project.shell.run("node ci/drift.ts --issues", variables);
  const setContent = (content: string) => {
    project.shell.withWorld("ozilab", (world) => {
      const zone = [...world.table<{ id: string }>("cloudflare.zones")][0]?.[0] ?? "";
      const [id, record] = [...records(world, zone)][0] ?? [];
      if (id !== undefined && record) records(world, zone).set(id, { ...record, content });
      return record?.content;
    });
  };

  expect(await drift()).toEqual({ exitCode: 0, stdout: "ozilab: no drift\ntazlab: no drift", stderr: "" });
  expect(server.writes).toEqual([]);

  setContent("elsewhere.example.net");
  const found = await drift();
  expect(found.exitCode).toBe(1);
  expect(found.stdout).toContain("-       elsewhere.example.net\n+       ozilab-edge.tail1234.ts.net");
  await drift();
  expect(server.issues.map(({ title, state }) => [title, state])).toEqual([
    ["Drift in stack ozilab", "open"],
  ]);
  expect(server.issues[0]?.body).toContain("! update DnsRecord app.example.com");

  setContent("ozilab-edge.tail1234.ts.net");
  expect((await drift()).exitCode).toBe(0);
  expect(server.issues.map(({ state }) => state)).toEqual(["closed"]);
  expect(server.writes).toEqual([
    "POST /issues",
    "PATCH /issues/101",
    "POST /issues/101/comments",
    "PATCH /issues/101",
  ]);

  const broken = await project.shell.run("node ci/drift.ts --issues", {
    ...variables,
    PULUMI_CONFIG_PASSPHRASE: "wrong",
  });
  expect(broken.exitCode).toBe(1);
  expect(server.issues.slice(1).map(({ title, state }) => [title, state])).toEqual([
    ["Drift in stack ozilab", "open"],
    ["Drift in stack tazlab", "open"],
  ]);
});

test("the doctor's report of each stack is printed", async () => {
  // The comment makes the shell serve the systems of this stack. It has no internet, so no stack is healthy.
  const { exitCode, stdout } = await project.shell.run("node ci/doctor.ts # --stack=ozilab");
  expect([1, 2]).toContain(exitCode);
  for (const stack of ["ozilab", "tazlab"]) {
    expect(stdout).toContain(`${stack}: \`make doctor STACK=${stack}\`, at \``);
  }
});

test("up deploys one stack after the other, and stops at the first that fails", async () => {
  await project.change("Pulumi.tazlab.yaml", "hostname: home\n", "hostname: start\n");
  const { exitCode, stdout } = await project.shell.run("node ci/up.ts");
  expect(exitCode).toBe(0);
  expect(stdout.indexOf("20 unchanged")).toBeGreaterThan(0);
  expect(stdout.indexOf("20 unchanged")).toBeLessThan(
    stdout.indexOf("https://start.magellanic-gondola.ts.net"),
  );

  const failed = await project.shell.run("node ci/up.ts", { PULUMI_CONFIG_PASSPHRASE: "wrong" });
  expect([failed.exitCode, failed.stderr]).toEqual([
    1,
    expect.stringContaining("stack ozilab failed; not run: tazlab"),
  ]);
});
