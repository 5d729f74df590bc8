import { describe, expect, test } from "vitest";
import type { Recording } from "../../plan/recording/recording.ts";
import {
  kubernetesObjects,
  privateServiceAnswers,
  resourcesNamed,
  tazlabServices,
  withPhases,
} from "../support/private-stack.ts";
import { recordStack } from "../support/record-stack.ts";

describe("the phases", () => {
  const backing = ["longhorn", "pgadmin", "traefik"].map((name) => `ObjectFields ${name}-backing`);
  const dashboards = ["grafana", "homepage", "longhorn", "pgadmin", "traefik"];
  const legacy = [...dashboards.map((name) => `Ingress ${name}-legacy`), "Service tazlab-db-legacy"];
  const tailnet = [...dashboards.map((name) => `Ingress ${name}`), "Service tazlab-db"];
  const always = ["ObjectFields homepage-links", ...backing];

  test.each([
    ["legacy", [...always, ...legacy]],
    ["coexist", [...always, ...legacy, ...tailnet]],
    ["tailnet", [...always, ...tailnet]],
  ] as const)("%s has these objects and no others", async (phase, objects) => {
    const recording = await recordStack("tazlab", { config: withPhases(phase) });
    expect(kubernetesObjects(recording)).toEqual(objects.toSorted());
  });

  test("differ only in whole objects, the backing Services' type and Homepage's links", async () => {
    const [before, both, after] = [
      await recordStack("tazlab", { config: withPhases("legacy"), answers: privateServiceAnswers() }),
      await recordStack("tazlab", { config: withPhases("coexist"), answers: privateServiceAnswers() }),
      await recordStack("tazlab", { config: withPhases("tailnet"), answers: privateServiceAnswers() }),
    ];
    const changedInputs = (one: Recording, other: Recording) =>
      one.resources.flatMap(({ urn, name, inputs }) => {
        const known = other.resources.find((resource) => resource.urn === urn);
        return known === undefined || JSON.stringify(known.inputs) === JSON.stringify(inputs) ? [] : [name];
      });
    expect(changedInputs(before, both)).toEqual(["homepage-links"]);
    expect(changedInputs(both, after).sort()).toEqual([
      "homepage-links",
      ...["longhorn-backing", "pgadmin-backing", "traefik-backing"],
    ]);
  });

  test("remove the legacy address after the tailnet object exists, and keep it when the stack is destroyed", async () => {
    for (const [phase, waitsForTailnet] of [
      ["legacy", false],
      ["coexist", false],
      ["tailnet", true],
    ] as const) {
      const recording = await recordStack("tazlab", { config: withPhases(phase) });
      const [patch] = resourcesNamed(recording, "pgadmin-backing");
      const tailnetObjects = resourcesNamed(recording, "pgadmin").map(({ urn }) => urn);
      expect(patch?.inputs["onDelete"]).toBe("keep");
      // The live Service is read and checked first.
      const live = patch?.urn.replace(
        "object-fields:index:ObjectFields::pgadmin-backing",
        "kubernetes:core/v1:Service::pgadmin-live",
      );
      expect(patch?.dependsOn).toEqual(waitsForTailnet ? [live, ...tailnetObjects] : []);
    }
  });

  test("delete what the stack created, and retain what it only changed", async () => {
    const recording = await recordStack("tazlab", { config: withPhases("coexist") });
    const kept = recording.resources
      .filter(({ options, inputs }) => options.retainOnDelete || inputs["onDelete"] === "keep")
      .map(({ name }) => name);
    expect(kept.sort()).toEqual([
      "cluster-dns-stub-zone",
      "homepage-links",
      ...["longhorn-backing", "pgadmin-backing"],
      ...["tailnet-dns", "tailnet-policy", "tailnet-settings", "traefik-backing"],
    ]);
  });

  test("import adopted legacy objects without changing a field", async () => {
    const privateServices = tazlabServices("coexist").map((entry) => {
      const [[key, object] = ["", {}]] = Object.entries(entry.legacy ?? {});
      return { ...entry, legacy: { ...entry.legacy, [key]: { ...object, adopt: true } } };
    });
    const recording = await recordStack("tazlab", { config: { privateServices } });
    const imported = recording.resources.flatMap(({ name, options: { importId, ignoreChanges } }) =>
      importId === undefined ? [] : [`${name} ${importId} without ${ignoreChanges.join()}`],
    );
    expect(imported.sort()).toEqual([
      "grafana-legacy monitoring/grafana without metadata,spec",
      "homepage-legacy homepage/homepage without metadata,spec",
      "longhorn-legacy longhorn-system/longhorn without metadata,spec",
      "pgadmin-legacy tazlab-db/pgadmin without metadata,spec",
      "tazlab-db-legacy tazlab-db/tazlab-db-external without metadata,spec",
      "traefik-legacy traefik/traefik-dashboard without metadata,spec",
    ]);
  });

  test("ignore what the API server sets on a legacy Service, once it is adopted", async () => {
    const recording = await recordStack("tazlab", { config: withPhases("coexist") });
    const ignored = (name: string) =>
      resourcesNamed(recording, name).flatMap(({ options }) => options.ignoreChanges);
    expect(ignored("tazlab-db-legacy")).toEqual([
      "spec.allocateLoadBalancerNodePorts",
      "spec.clusterIP",
      "spec.clusterIPs",
      "spec.externalTrafficPolicy",
      "spec.internalTrafficPolicy",
      "spec.ipFamilies",
      "spec.ipFamilyPolicy",
      "spec.ports[*].nodePort",
      "spec.sessionAffinity",
    ]);
    expect(ignored("pgadmin-legacy")).toEqual([]);
  });

  test("replace a tailnet object whose name, group or node ports change, old object first", async () => {
    const recording = await recordStack("tazlab", { config: withPhases("tailnet") });
    for (const name of ["tazlab-db", "grafana"]) {
      const replaced = resourcesNamed(recording, name).map(
        ({ options: { deleteBeforeReplace, replaceOnChanges } }) => ({
          deleteBeforeReplace,
          replaceOnChanges,
        }),
      );
      expect(replaced).toEqual([
        {
          deleteBeforeReplace: true,
          replaceOnChanges: [
            "kind",
            'metadata.annotations["tailscale.com/hostname"]',
            "spec.tls",
            'metadata.annotations["tailscale.com/proxy-group"]',
            "spec.allocateLoadBalancerNodePorts",
          ],
        },
      ]);
    }
  });

  test("keep the clusterIP of an imported tailnet Service, which would replace it", async () => {
    const { resources } = await recordStack("tazlab", { config: withPhases("tailnet") });
    const tailnetObjects = resources.filter(
      ({ name, type }) => name === "tazlab-db" && type.startsWith("kubernetes:"),
    );
    expect(tailnetObjects.map(({ options }) => options.ignoreChanges)).toEqual([
      ["spec.clusterIP", "spec.clusterIPs"],
    ]);
  });

  test("change neither the policy nor the namespace's Pod Security level", async () => {
    const [policies, namespaces] = [new Set<string>(), new Set<string>()];
    for (const phase of ["legacy", "coexist", "tailnet"] as const) {
      const recording = await recordStack("tazlab", { config: withPhases(phase) });
      policies.add(JSON.stringify(resourcesNamed(recording, "tailnet-policy")));
      namespaces.add(JSON.stringify(resourcesNamed(recording, "operator-namespace")));
    }
    expect([policies.size, namespaces.size]).toEqual([1, 1]);
  });
});
