import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { namespaceKey, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { loseCluster } from "../../../sandbox/rehearse/damage.ts";
import { callCounts } from "../../../sandbox/world/api.ts";
import { WORLD_FILE } from "../../../sandbox/world/world-file.ts";
import { type ShellProject, shellProject } from "../../support/shell-project.ts";

const CLUSTER = "urn:pulumi:ozilab::tailnet-edge::object-fields:index:Cluster::cluster";

let project: ShellProject;
let deployed: readonly string[];

/** Runs a command for the stack. */
const run = async (command: string) => await project.shell.run(`${command} --stack ozilab`);

/** The URNs in the state. */
async function state(): Promise<readonly string[]> {
  const { stdout } = await run("pulumi stack export");
  const { deployment } = JSON.parse(stdout) as { deployment: { resources: { urn: string }[] } };
  return deployment.resources.map(({ urn }) => urn);
}

/** The calls of the simulated APIs that write, and how often each was made. */
const writes = () =>
  project.shell.withWorld("ozilab", (world) =>
    Object.fromEntries(
      Object.entries(callCounts(world)).filter(([call]) => !/^\w+ (GET|LIST|helm get)\b/.test(call)),
    ),
  );
const uid = () =>
  project.shell.withWorld(
    "ozilab",
    (world) => objects(world).get(namespaceKey("kube-system"))?.metadata.uid ?? "",
  );
const worldFile = () => join(project.folder, ".sandbox", WORLD_FILE);
const kept = () => join(project.folder, "kept.json");

/** Has the kubeconfig lead to another, new cluster. */
function leadElsewhere(): void {
  loseCluster(join(project.folder, ".sandbox"), "ozilab");
  project.shell.prepare("ozilab");
}

beforeAll(async () => {
  project = await shellProject();
  project.shell.prepare("ozilab");
  await project.shell.run("pulumi stack init ozilab");
  await run("pulumi up --yes --skip-preview");
  await run("pulumi stack export --file kept-state.json");
  deployed = await state();
  cpSync(worldFile(), kept());
});

afterAll(async () => {
  await project.remove();
});

/** One lifecycle: each test starts where the previous one ended. */
describe("a kubeconfig that leads to another cluster", () => {
  test("fails every command before anything is written, and leaves the state as it was", async () => {
    expect(deployed).toContain(CLUSTER);
    const own = uid();
    leadElsewhere();
    const before = writes();
    const message = [
      `found:   another cluster, with the UID ${uid()}`,
      `        allowed: the cluster that this stack was deployed to, with the UID ${own}`,
    ].join("\n");
    for (const command of [
      "pulumi preview",
      "pulumi preview --refresh=false",
      "pulumi up --yes",
      "pulumi up --yes --refresh=false --skip-preview",
      "pulumi up --yes --run-program --skip-preview",
      "pulumi destroy --yes",
      "pulumi refresh --yes",
      "pulumi refresh --yes --run-program --skip-preview",
    ]) {
      const { exitCode, stdout } = await run(command);
      expect([command, exitCode]).not.toEqual([command, 0]);
      expect(stdout, command).toContain(message);
      expect(await state(), command).toEqual(deployed);
      expect(writes(), command).toEqual(before);
    }
  });

  // docs/limits.md: the engine reads all resources at once, and keeps what the others of a failed reading found.
  test.each(["up", "refresh"])(
    "is noticed too late by %s without a preview and the program",
    async (command) => {
      await run("pulumi stack import --file kept-state.json");
      const { exitCode } = await run(`pulumi ${command} --yes --skip-preview`);
      expect(exitCode).not.toBe(0);
      expect((await state()).filter((urn) => urn.includes("kubernetes:"))).toHaveLength(1);
    },
  );
});

describe("a stack whose state does not know its cluster, as one of an earlier version", () => {
  test("records it in the next update, and changes nothing else", async () => {
    cpSync(kept(), worldFile());
    await run("pulumi stack import --file kept-state.json");
    const { exitCode } = await run(`pulumi state delete --yes '${CLUSTER}'`);
    expect(exitCode).toBe(0);
    const before = writes();
    const { stdout } = await run("pulumi up --yes --skip-preview");
    expect(stdout).toMatch(/\+ 1 created\n\s+19 unchanged\n/);
    expect((await state()).toSorted()).toEqual(deployed.toSorted());
    expect(writes()).toEqual(before);
  });
});
