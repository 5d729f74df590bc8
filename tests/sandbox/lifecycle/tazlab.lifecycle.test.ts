import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { credentials, devices, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { afterEachCall } from "./after-each-call.ts";
import { stepsInOrder, RealProject } from "./real-project.ts";
import { routesOf } from "./service-routes.ts";
import { type ServiceEntry, tazlabConfig, tazlabServices, type TazlabChanges } from "./tazlab-config.ts";

let project: RealProject<TazlabChanges>;
let phases: Readonly<Record<string, Phase>> = {};

beforeAll(async () => {
  project = await RealProject.create({ configOf: tazlabConfig });
});

afterAll(async () => {
  await project.remove();
});

const allIn = (phase: Phase) => Object.fromEntries(tazlabServices.map(({ name }) => [name, phase]));
const routesNow = () =>
  project.withWorld((world) =>
    Object.fromEntries(tazlabServices.map((entry) => [entry.name, routesOf(world, entry).join(" and ")])),
  );

/** Moves services to other phases; at every moment of it each service can be reached. */
async function move(changed: Readonly<Record<string, Phase>>): Promise<string[]> {
  phases = { ...phases, ...changed };
  return await afterEachCall(
    project,
    async () => (await project.upInOrder({ phases })).filter((step) => !step.startsWith("read ")),
    ({ world, operation }) => {
      for (const entry of tazlabServices) {
        expect(routesOf(world, entry), `ways of ${entry.name} behind ${operation}`).not.toEqual([]);
      }
    },
  );
}

const LINKS = "update DeploymentPatch homepage-links";

/** What a change of one service's phase does, by its kind and by what was there before. */
function expected({ name, kind, legacy }: ServiceEntry, route: "coexist" | "tailnet" | "back"): string[] {
  const type = { loadBalancer: "Service", ingress: "Ingress", annotation: "ServicePatch" }[kind];
  const legacyObject = kind === "annotation" ? [] : [`${type} ${name}-legacy`];
  const backing = legacy.backing ? [`update ServicePatch ${name}-backing`] : [];
  // Only an Ingress can be opened in a browser. Homepage answers to its new name as soon as it has one.
  const links = kind === "ingress" ? [LINKS] : [];
  switch (route) {
    case "coexist":
      return [`create ${type} ${name}`, ...(name === "homepage" ? links : [])];
    case "tailnet":
      return [...backing, ...links, ...legacyObject.map((object) => `delete ${object}`)];
    case "back":
      return [...backing, ...links, ...legacyObject.map((object) => `create ${object}`)];
  }
}

/** In one life of the stack: each test begins where the one before ended. */
describe("the tazlab stack", () => {
  test("goes up with every service as it was reached before, and stays as it is", async () => {
    const done = await project.up();
    expect(done.filter((step) => /^create (Service|Ingress) /.test(step))).toEqual(
      tazlabServices
        .filter(({ kind }) => kind !== "annotation")
        .map(({ name, kind }) => `create ${kind === "ingress" ? "Ingress" : "Service"} ${name}-legacy`)
        .sort(),
    );
    expect(routesNow()).toEqual(Object.fromEntries(tazlabServices.map(({ name }) => [name, "legacy"])));
    expect(await move({})).toEqual([]);
  });

  describe.each(tazlabServices)("with $name, $kind", (entry) => {
    test.each([
      ["coexist", "coexist", "legacy and tailnet"],
      ["tailnet", "tailnet", "tailnet"],
      ["coexist", "back", "legacy and tailnet"],
      ["tailnet", "tailnet", "tailnet"],
    ] as const)("into %s (%s)", async (phase, way, ways) => {
      const done = await move({ [entry.name]: phase });
      expect(done.toSorted()).toEqual(expected(entry, way).sort());
      const removals = done.filter((step) => step.startsWith("delete "));
      expect(done.slice(done.length - removals.length)).toEqual(removals);
      expect(routesNow()[entry.name]).toBe(ways);
    });
  });

  test.each([
    ["coexist", "back", "legacy and tailnet"],
    ["tailnet", "tailnet", "tailnet"],
  ] as const)("with all services at once into %s", async (phase, way, ways) => {
    const done = await move(allIn(phase));
    const each = tazlabServices.flatMap((entry) => expected(entry, way)).filter((step) => step !== LINKS);
    expect(done.toSorted()).toEqual([...each, LINKS].sort());
    expect(new Set(Object.values(routesNow()))).toEqual(new Set([ways]));
    expect(await move({})).toEqual([]);
  });

  test("with all services at once all the way back, and there again: the old way goes last", async () => {
    await move(allIn("legacy"));
    expect(new Set(Object.values(routesNow()))).toEqual(new Set(["legacy"]));
    const done = await move(allIn("tailnet"));
    for (const { name, kind } of tazlabServices.filter(({ legacy }) => legacy.backing)) {
      const steps = [
        `create ${kind === "ingress" ? "Ingress" : "ServicePatch"} ${name}`,
        `update ServicePatch ${name}-backing`,
      ];
      expect(done.filter((step) => steps.includes(step))).toEqual(steps);
    }
    expect(new Set(Object.values(routesNow()))).toEqual(new Set(["tailnet"]));
  });

  test("is destroyed: nothing sticks, and others' objects stay as the phase left them", async () => {
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    const order = stepsInOrder(down).map((step) => step.replace(/^delete /, ""));
    const exposures = tazlabServices.map(({ name, kind }) => {
      return `${{ loadBalancer: "Service", ingress: "Ingress", annotation: "ServicePatch" }[kind]} ${name}`;
    });
    const chain = ["Release operator-release", "Secret operator-login", "Namespace operator-namespace"];
    for (const exposure of [...exposures, "DNSConfig cluster-dns-nameserver"]) {
      const pair = order.filter((step) => [exposure, chain[0]].includes(step));
      expect(pair).toEqual([exposure, chain[0]]);
    }
    expect(order.filter((step) => chain.includes(step))).toEqual(chain);
    project.withWorld((world) => {
      const left = [...objects(world)].filter(([, { kind }]) => {
        return kind !== "CustomResourceDefinition" && kind !== "Namespace";
      });
      expect(left.map(([key]) => key).sort()).toEqual([
        "ConfigMap kube-system/coredns",
        "Deployment homepage/homepage",
        "Service git/git-ssh",
        "Service homepage/homepage",
        "Service longhorn-system/longhorn",
        "Service monitoring/grafana",
        "Service pgadmin/pgadmin",
        "Service traefik/traefik-dashboard",
      ]);
      expect(JSON.stringify(left)).not.toContain("tailscale.com/");
      const types = left.filter(([, { kind }]) => kind === "Service").map(([, { spec }]) => spec?.["type"]);
      expect(new Set(types)).toEqual(new Set(["ClusterIP"]));
      // No API call removes the operator's own device.
      const owners = devices(world)
        .values()
        .map(({ owner }) => owner);
      expect([owners, credentials(world).size, incidents(world).values()]).toEqual([["operator"], 0, []]);
    });
  });

  test("comes up again over what the destroyed stack has left: the policy, and the patches that were kept", async () => {
    const policy = project.withWorld((world) => tailnet(world).policy);
    const done = await project.up({ phases });
    expect(done.filter((step) => /Acl|Patch/.test(step))).toEqual([
      "create Acl tailnet-policy",
      "create ConfigMapPatch cluster-dns-stub-zone",
      "create DeploymentPatch homepage-links",
      "create ServicePatch git",
      "create ServicePatch git-backing",
      "create ServicePatch longhorn-backing",
      "create ServicePatch pgadmin-backing",
      "create ServicePatch traefik-backing",
    ]);
    expect(new Set(Object.values(routesNow()))).toEqual(new Set(["tailnet"]));
    expect(project.withWorld((world) => tailnet(world).policy)).toBe(policy);
  });
});
