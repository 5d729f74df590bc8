import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { credentials, devices, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { afterEachCall } from "./after-each-call.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";
import { backingAddress, routesOf } from "./service-routes.ts";
import { type ServiceEntry, type TazlabChanges, tazlabConfig, tazlabServices } from "./tazlab-config.ts";

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

const backed = tazlabServices.filter(({ legacy }) => legacy.backing);
const backingAddresses = () =>
  project.withWorld((world) => backed.map((entry) => backingAddress(world, entry)));

/** Moves services to other phases, and checks after every call that each service can be reached. */
async function move(changed: Readonly<Record<string, Phase>>): Promise<string[]> {
  phases = { ...phases, ...changed };
  return await afterEachCall(
    project,
    async () => (await project.upInOrder({ phases })).filter((step) => !step.startsWith("read ")),
    ({ world, operation }) => {
      for (const entry of tazlabServices) {
        expect(routesOf(world, entry), `routes of ${entry.name} after ${operation}`).not.toEqual([]);
      }
    },
  );
}

const LINKS = "update ObjectFields homepage-links";

/** The steps that a change of one service's phase takes, by its kind and legacy objects. */
function expected({ name, kind, legacy }: ServiceEntry, change: "coexist" | "tailnet" | "back"): string[] {
  const type = { loadBalancer: "Service", ingress: "Ingress", annotation: "ObjectFields" }[kind];
  const legacyObject = kind === "annotation" ? [] : [`${type} ${name}-legacy`];
  const backing = legacy.backing ? [`update ObjectFields ${name}-backing`] : [];
  // Only an Ingress can be opened in a browser. Homepage answers to its new name from phase `coexist` on.
  const links = kind === "ingress" ? [LINKS] : [];
  switch (change) {
    case "coexist":
      return [`create ${type} ${name}`, ...(name === "homepage" ? links : [])];
    case "tailnet":
      return [...backing, ...links, ...legacyObject.map((object) => `delete ${object}`)];
    case "back":
      return [...backing, ...links, ...legacyObject.map((object) => `create ${object}`)];
  }
}

/** One lifecycle: each test starts where the previous one ended. */
describe("the tazlab stack", () => {
  test("comes up with every service on its legacy route, and stays unchanged", async () => {
    const steps = await project.up();
    expect(steps.filter((step) => /^create (Service|Ingress) /.test(step))).toEqual(
      tazlabServices
        .filter(({ kind }) => kind !== "annotation")
        .map(({ name, kind }) => `create ${kind === "ingress" ? "Ingress" : "Service"} ${name}-legacy`)
        .sort(),
    );
    expect(routesNow()).toEqual(Object.fromEntries(tazlabServices.map(({ name }) => [name, "legacy"])));
    expect(backingAddresses()).toEqual(backed.map(({ legacy }) => legacy.backing?.address));
    expect(await move({})).toEqual([]);
  });

  describe.each(tazlabServices)("$name, $kind", (entry) => {
    test.each([
      ["coexist", "coexist", "legacy and tailnet"],
      ["tailnet", "tailnet", "tailnet"],
      ["coexist", "back", "legacy and tailnet"],
      ["tailnet", "tailnet", "tailnet"],
    ] as const)("moves to %s (%s)", async (phase, change, routes) => {
      const steps = await move({ [entry.name]: phase });
      expect(steps.toSorted()).toEqual(expected(entry, change).sort());
      const removals = steps.filter((step) => step.startsWith("delete "));
      expect(steps.slice(steps.length - removals.length)).toEqual(removals);
      expect(routesNow()[entry.name]).toBe(routes);
    });
  });

  test.each([
    ["coexist", "back", "legacy and tailnet"],
    ["tailnet", "tailnet", "tailnet"],
  ] as const)("moves all services at once to %s", async (phase, change, routes) => {
    const steps = await move(allIn(phase));
    const each = tazlabServices.flatMap((entry) => expected(entry, change)).filter((step) => step !== LINKS);
    expect(steps.toSorted()).toEqual([...each, LINKS].sort());
    expect(new Set(Object.values(routesNow()))).toEqual(new Set([routes]));
    expect(await move({})).toEqual([]);
  });

  test("moves all services back to legacy and to tailnet again, removing the old route last", async () => {
    await move(allIn("legacy"));
    expect(new Set(Object.values(routesNow()))).toEqual(new Set(["legacy"]));
    expect(backingAddresses()).toEqual(backed.map(({ legacy }) => legacy.backing?.address));
    const steps = await move(allIn("tailnet"));
    for (const { name, kind } of backed) {
      const ordered = [
        `create ${kind === "ingress" ? "Ingress" : "ObjectFields"} ${name}`,
        `update ObjectFields ${name}-backing`,
      ];
      expect(steps.filter((step) => ordered.includes(step))).toEqual(ordered);
    }
    expect(new Set(Object.values(routesNow()))).toEqual(new Set(["tailnet"]));
  });

  test("is destroyed without leftovers, and others' objects stay as the phase left them", async () => {
    const down = await project.run("destroy");
    expect([down.ok, down.errors]).toEqual([true, []]);
    const order = stepsInOrder(down).map((step) => step.replace(/^delete /, ""));
    const exposures = tazlabServices.map(({ name, kind }) => {
      return `${{ loadBalancer: "Service", ingress: "Ingress", annotation: "ObjectFields" }[kind]} ${name}`;
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
        "Service monitoring/kube-prometheus-stack-grafana",
        "Service tazlab-db/pgadmin",
        "Service traefik/traefik-dashboard",
      ]);
      expect(JSON.stringify(left)).not.toContain("tailscale.com/");
      expect(JSON.stringify(left)).not.toMatch(/"metallb[^"]*":"[^"]/);
      const types = left.filter(([, { kind }]) => kind === "Service").map(([, { spec }]) => spec?.["type"]);
      expect(new Set(types)).toEqual(new Set(["ClusterIP"]));
      // No API call removes the operator's own device.
      const owners = devices(world)
        .values()
        .map(({ owner }) => owner);
      expect([owners, credentials(world).size, incidents(world).values()]).toEqual([["operator"], 0, []]);
    });
  });

  test("comes up again over what the destroyed stack left: the policy and the kept patches", async () => {
    const policy = project.withWorld((world) => tailnet(world).policy);
    const steps = await project.up({ phases });
    expect(steps.filter((step) => /Acl|ObjectFields/.test(step))).toEqual([
      "create Acl tailnet-policy",
      "create ObjectFields cluster-dns-stub-zone",
      "create ObjectFields homepage-links",
      "create ObjectFields git",
      "create ObjectFields git-backing",
      "create ObjectFields longhorn-backing",
      "create ObjectFields pgadmin-backing",
      "create ObjectFields traefik-backing",
    ]);
    expect(new Set(Object.values(routesNow()))).toEqual(new Set(["tailnet"]));
    expect(project.withWorld((world) => tailnet(world).policy)).toBe(policy);
  });
});
