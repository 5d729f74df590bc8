import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Phase } from "../../../components/private-services/service-fields.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { credentials, devices, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { stepsInOrder } from "./real-project.ts";
import { backingAddress } from "./service-routes.ts";
import { tazlabServices } from "./tazlab-config.ts";
import { expectedSteps, LINKS, TazlabMoves } from "./tazlab-moves.ts";

let stack: TazlabMoves;

beforeAll(async () => {
  stack = await TazlabMoves.create();
});

afterAll(async () => {
  await stack.project.remove();
});

const allIn = (phase: Phase) => Object.fromEntries(tazlabServices.map(({ name }) => [name, phase]));
const backed = tazlabServices.filter(({ legacy }) => legacy.backing);
const backingAddresses = () =>
  stack.project.withWorld((world) => backed.map((entry) => backingAddress(world, entry)));

/** One lifecycle: each test starts where the previous one ended. */
describe("the tazlab stack", () => {
  test("comes up with every service on its legacy route, and stays unchanged", async () => {
    const steps = await stack.project.up();
    expect(steps.filter((step) => /^create (Service|Ingress) /.test(step))).toEqual(
      tazlabServices
        .filter(({ kind }) => kind !== "annotation")
        .map(({ name, kind }) => `create ${kind === "ingress" ? "Ingress" : "Service"} ${name}-legacy`)
        .sort(),
    );
    expect(stack.routes()).toEqual(Object.fromEntries(tazlabServices.map(({ name }) => [name, "legacy"])));
    expect(backingAddresses()).toEqual(backed.map(({ legacy }) => legacy.backing?.address));
    expect(await stack.move({})).toEqual([]);
  });

  test.each([
    ["coexist", "coexist", "legacy and tailnet"],
    ["tailnet", "tailnet", "tailnet"],
    ["coexist", "back", "legacy and tailnet"],
    ["tailnet", "tailnet", "tailnet"],
  ] as const)("moves all services at once to %s (%s)", async (phase, change, routes) => {
    const steps = await stack.move(allIn(phase));
    const each = tazlabServices
      .flatMap((entry) => expectedSteps(entry, change))
      .filter((step) => step !== LINKS);
    expect(steps.toSorted()).toEqual([...each, LINKS].sort());
    expect(new Set(Object.values(stack.routes()))).toEqual(new Set([routes]));
    expect(await stack.move({})).toEqual([]);
  });

  test("moves all services back to legacy and to tailnet again, removing the old route last", async () => {
    await stack.move(allIn("legacy"));
    expect(new Set(Object.values(stack.routes()))).toEqual(new Set(["legacy"]));
    expect(backingAddresses()).toEqual(backed.map(({ legacy }) => legacy.backing?.address));
    const steps = await stack.move(allIn("tailnet"));
    for (const { name, kind } of backed) {
      const ordered = [
        `create ${kind === "ingress" ? "Ingress" : "ObjectFields"} ${name}`,
        `update ObjectFields ${name}-backing`,
      ];
      expect(steps.filter((step) => ordered.includes(step))).toEqual(ordered);
    }
    expect(new Set(Object.values(stack.routes()))).toEqual(new Set(["tailnet"]));
  });

  test("is destroyed without leftovers, and others' objects stay as the phase left them", async () => {
    const down = await stack.project.run("destroy");
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
    stack.project.withWorld((world) => {
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
    const policy = stack.project.withWorld((world) => tailnet(world).policy);
    const steps = await stack.project.up({ phases: stack.phases });
    expect(steps.filter((step) => /Acl|ObjectFields/.test(step))).toEqual([
      "create Acl tailnet-policy",
      "create ObjectFields cluster-dns-stub-zone",
      "create ObjectFields git",
      "create ObjectFields git-backing",
      "create ObjectFields homepage-links",
      "create ObjectFields longhorn-backing",
      "create ObjectFields pgadmin-backing",
      "create ObjectFields traefik-backing",
    ]);
    expect(new Set(Object.values(stack.routes()))).toEqual(new Set(["tailnet"]));
    expect(stack.project.withWorld((world) => tailnet(world).policy)).toBe(policy);
  });
});
