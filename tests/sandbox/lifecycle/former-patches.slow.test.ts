import { afterAll, beforeAll, expect, test } from "vitest";
import { objectAt } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { managersOfObject } from "../../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { deviceNames } from "../device-names.ts";
import { afterEachCall } from "./after-each-call.ts";
import { toFormerPatches } from "./former-patches.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";
import { type TazlabChanges, tazlabConfig, tazlabServices } from "./tazlab-config.ts";

const KEPT = ["homepage", "git"];
const removed = tazlabServices.map(({ name }) => name).filter((name) => !KEPT.includes(name));
const phases = { homepage: "tailnet", git: "tailnet" } as const;

let project: RealProject<TazlabChanges>;

beforeAll(async () => {
  project = await RealProject.create({ configOf: () => tazlabConfig({ phases, removed }) });
});

afterAll(async () => {
  await project.remove();
});

const CREATED = [
  "create Cluster cluster",
  "create ObjectFields cluster-dns-stub-zone",
  "create ObjectFields git",
  "create ObjectFields git-backing",
  "create ObjectFields homepage-links",
];
const DELETED = [
  "delete ConfigMapPatch cluster-dns-stub-zone",
  "delete DeploymentPatch homepage-links",
  "delete ServicePatch git",
  "delete ServicePatch git-backing",
];
const withoutReads = (steps: readonly string[]) => steps.filter((step) => !step.startsWith("read ")).sort();

/** The fields that the stack wrote into others' objects, and what follows from them. */
function written(world: World) {
  const git = objectAt(world, "Service git/git-ssh");
  const { annotations = {} } = git.metadata;
  const { spec } = objectAt(world, "Deployment homepage/homepage") as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  const env = spec.template.spec.containers[0]?.env ?? [];
  return {
    exposed: [annotations["tailscale.com/expose"], annotations["tailscale.com/hostname"]],
    type: git.spec?.["type"],
    hosts: env.find(({ name }) => name === "HOMEPAGE_ALLOWED_HOSTS")?.value,
    others: env.filter(({ name }) => !name.startsWith("HOMEPAGE_")).map(({ name }) => name),
    corefile: objectAt(world, "ConfigMap kube-system/coredns").data?.["Corefile"],
    devices: deviceNames(world),
  };
}

test("a stack with patches goes over to object fields, which are there at every moment", async () => {
  await project.up();
  toFormerPatches(project);
  const before = project.withWorld(written);
  expect([before.exposed, before.type, before.corefile]).toEqual([
    ["true", "git"],
    "ClusterIP",
    expect.stringContaining("ts.net"),
  ]);

  const preview = await project.run("preview");
  expect([preview.errors, withoutReads(stepsInOrder(preview))]).toEqual([[], [...CREATED, ...DELETED]]);

  let visited = 0;
  const steps = await afterEachCall(
    project,
    () => project.upInOrder(),
    ({ world, operation }) => {
      visited += 1;
      expect(written(world), `after ${operation}`).toEqual(before);
    },
  );
  expect(withoutReads(steps)).toEqual([...CREATED, ...DELETED]);
  expect(visited).toBeGreaterThan(8);
  expect(withoutReads(await project.up())).toEqual([]);
});

test("the stack owns the fields then, and its deletion removes the annotations", async () => {
  const managers = (key: string) =>
    project.withWorld((world) => Object.keys(managersOfObject(world, objectAt(world, key))));
  expect(managers("Service git/git-ssh")).toEqual(
    expect.arrayContaining(["tailnet-edge-test-git", "tailnet-edge-test-git-backing"]),
  );
  const down = await project.run("destroy");
  expect([down.ok, down.errors]).toEqual([true, []]);
  const after = project.withWorld(written);
  expect([after.exposed, after.devices]).toEqual([[undefined, undefined], ["tazlab-operator"]]);
});
