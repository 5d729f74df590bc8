import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import {
  type KubernetesObject,
  objectAt,
  objects,
} from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { apply } from "../../../sandbox/providers/kubernetes/api-server/server-side-apply.ts";
import { callCounts } from "../../../sandbox/world/api.ts";
import { deviceNames } from "../device-names.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";
import { tazlabConfig, tazlabServices } from "./tazlab-config.ts";

interface Changes {
  /** Hostname of the annotated Service; undefined: the stack does not have that service. */
  readonly hostname: string | undefined;
}

/** The tazlab stack with Homepage and the annotated Service `git`. */
function configOf({ hostname = "git" }: Partial<Changes>) {
  const kept = tazlabServices.filter(({ name }) => name === "homepage" || name === "git");
  const services = kept.map((entry) => ({
    ...entry,
    phase: "tailnet",
    ...(entry.name === "git" && { hostname }),
  }));
  return { ...tazlabConfig({}), "tailnet-edge:privateServices": services };
}

let project: RealProject<Changes>;

beforeAll(async () => {
  project = await RealProject.create({ configOf });
});

afterAll(async () => {
  await project.remove();
});

const HOMEPAGE = "Deployment homepage/homepage";
const GIT = "Service git/git-ssh";

const live = (key: string) => project.withWorld((world) => objectAt(world, key));
const environment = () => {
  const { spec } = live(HOMEPAGE) as unknown as {
    spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
  };
  return spec.template.spec.containers[0]?.env.map(({ name, value }) => `${name}=${value}`);
};
const names = () => project.withWorld(deviceNames);
/** Has another manager apply fields with force, between two runs. */
const applyAsFlux = (object: KubernetesObject) => {
  project.withWorld((world) => {
    apply(world, object, "flux", true);
  });
};
const steps = async () => {
  project.configure();
  const run = await project.run("up");
  expect(run.errors).toEqual([]);
  return { steps: stepsInOrder(run).filter((step) => !step.startsWith("read ")), warnings: run.warnings };
};

/** One lifecycle: each test starts where the previous one ended. */
describe("objects of others", () => {
  test("gain the stack's fields beside their own", async () => {
    await project.up();
    expect(environment()).toEqual([
      "LOG_LEVEL=info",
      expect.stringContaining("HOMEPAGE_ALLOWED_HOSTS=home.magellanic-gondola.ts.net,"),
      "TZ=Europe/Rome",
      "HOMEPAGE_VAR_HOMEPAGE_URL=https://home.magellanic-gondola.ts.net",
    ]);
    expect(names()).toEqual(["git", "home", "tazlab-operator"]);
  });

  test("are neither changed by the next up, nor by a refresh, and are read three times each", async () => {
    const before = project.withWorld(callCounts);
    expect((await steps()).steps).toEqual([]);
    const after = project.withWorld(callCounts);
    expect(after["kubernetes PATCH Deployment"]).toBe(before["kubernetes PATCH Deployment"]);
    // Before the run, and for the engine's comparisons: with what that reading found, and with the program.
    expect((after["kubernetes GET Deployment"] ?? 0) - (before["kubernetes GET Deployment"] ?? 0)).toBe(3);
    expect((await project.run("refresh")).steps).toEqual([]);
    expect((await steps()).steps).toEqual([]);
  });

  test("are set again, with a warning, after others have changed the stack's fields", async () => {
    const env = [{ name: "HOMEPAGE_ALLOWED_HOSTS", value: "flux.example.com" }];
    applyAsFlux({
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "homepage", namespace: "homepage" } },
      spec: { template: { spec: { containers: [{ name: "homepage", env }] } } },
    });
    const git = { apiVersion: "v1", kind: "Service", metadata: { name: "git-ssh", namespace: "git" } };
    applyAsFlux({ ...git, spec: { type: "LoadBalancer" } });

    const preview = await project.run("preview");
    expect(
      stepsInOrder(preview)
        .filter((step) => !step.startsWith("read "))
        .sort(),
    ).toEqual(["update ObjectFields git-backing", "update ObjectFields homepage-links"]);
    const { steps: made, warnings } = await steps();
    expect(made.sort()).toEqual(["update ObjectFields git-backing", "update ObjectFields homepage-links"]);
    const notes = warnings.filter((warning) => warning.includes("changed by others since the last update"));
    expect(notes).toHaveLength(2);
    expect(notes.join("\n")).toContain("last update: spec.type of the Service git/git-ssh");
    expect(environment()?.[1]).toContain("home.magellanic-gondola.ts.net");
    expect(live(GIT).spec?.["type"]).toBe("ClusterIP");
    expect((await steps()).steps).toEqual([]);
  });

  test("an annotated Service gets another hostname after the old device is gone", async () => {
    expect(await project.upInOrder({ hostname: "code" })).toEqual(
      expect.arrayContaining(["delete-replaced ObjectFields git", "create-replacement ObjectFields git"]),
    );
    expect(names()).toEqual(["code", "home", "tazlab-operator"]);
  });

  test("lose annotations, finalizer and device before the operator is removed", async () => {
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    project.withWorld((world) => {
      expect(objectAt(world, GIT).metadata.finalizers ?? []).toEqual([]);
      expect(JSON.stringify([...objects(world)])).not.toContain("tailscale.com/expose");
      expect(incidents(world).values()).toEqual([]);
    });
    expect(names()).toEqual(["tazlab-operator"]);
    expect(environment()?.[1]).toContain("home.magellanic-gondola.ts.net");
  });
});
