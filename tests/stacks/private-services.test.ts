import { describe, expect, test } from "vitest";
import type { Recording } from "../../plan/recording/recording.ts";
import { renderText } from "../../plan/report/render-text.ts";
import { renderYaml } from "../../plan/report/render-yaml.ts";
import { LIVE_POLICY, recordStack } from "../support/record-stack.ts";
import { privateServiceAnswers, service, tazlabServices, withPhases } from "../support/private-stack.ts";
import { DEFAULT_OPTIONS } from "../support/recorded-resource.ts";

const POLICY = "tailscale:index/acl:Acl";

const urnsOf = ({ resources }: Recording) => resources.map(({ urn }) => urn).sort();
const named = ({ resources }: Recording, name: string) =>
  resources.filter((resource) => resource.name === name && !resource.type.startsWith("tailnet-edge:"));
const objectsOf = (recording: Recording) =>
  recording.resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`)
    .filter((object) => !/ (operator|cluster-dns)-/.test(object))
    .sort();

describe("the tazlab stack", () => {
  test("has these URNs and no others", async () => {
    const recording = await recordStack("tazlab");
    await expect(`${urnsOf(recording).join("\n")}\n`).toMatchFileSnapshot("goldens/tazlab.urns.txt");
  });

  test.each(["legacy", "coexist", "tailnet"])("has these Kubernetes objects in phase %s", async (phase) => {
    const recording = await recordStack("tazlab", { config: withPhases(phase) });
    await expect(`${renderYaml(recording)}\n`).toMatchFileSnapshot(`goldens/tazlab.${phase}.objects.txt`);
  });

  test("is shown with who can reach what, and what has moved", async () => {
    const tables = renderText("tazlab", await recordStack("tazlab", { config: withPhases("coexist") }));
    const shown = tables.slice(tables.indexOf("┌"), tables.indexOf("Outputs"));
    await expect(shown).toMatchFileSnapshot("goldens/tazlab.coexist.tables.txt");
  });

  test("lets TazPod reach the database and the dashboards, and nothing else", async () => {
    const recording = await recordStack("tazlab");
    const [policy] = recording.resources.filter(({ type }) => type === POLICY);
    await expect(policy?.inputs["acl"]).toMatchFileSnapshot("goldens/tazlab.policy.hujson");
  });

  test("gives the proxies the privilege that they need to forward", async () => {
    const recording = await recordStack("tazlab");
    expect(named(recording, "operator-namespace").map(({ inputs }) => inputs["metadata"])).toEqual([
      { name: "tailscale", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    ]);
  });

  test("tells the real names, and makes Homepage follow them", async () => {
    const recording = await recordStack("tazlab", { answers: privateServiceAnswers({ home: "home-1" }) });
    const { exposure } = recording.outputs as {
      exposure: { name: string; requested: string; address: string }[];
    };
    const tailnet = "magellanic-gondola.ts.net";
    expect(exposure.map(({ name, requested, address }) => [name, requested, address])).toEqual([
      ["tazlab-db", `tazlab-db.${tailnet}:5432`, `tazlab-db.${tailnet}:5432`],
      ["homepage", `https://home.${tailnet}`, `https://home-1.${tailnet}`],
      ...["pgadmin", "longhorn", "traefik", "grafana"].map((name) => [
        name,
        `https://${name}.${tailnet}`,
        `https://${name}.${tailnet}`,
      ]),
    ]);
    expect(named(recording, "homepage-links").map(({ inputs }) => inputs["spec"])).toEqual([
      {
        template: {
          spec: {
            containers: [
              {
                name: "homepage",
                env: [
                  { name: "HOMEPAGE_ALLOWED_HOSTS", value: `home-1.${tailnet},$(MY_POD_IP):3000` },
                  { name: "HOMEPAGE_VAR_HOMEPAGE_URL", value: `https://home-1.${tailnet}` },
                  { name: "HOMEPAGE_VAR_PGADMIN_URL", value: `https://pgadmin.${tailnet}` },
                  { name: "HOMEPAGE_VAR_LONGHORN_URL", value: `https://longhorn.${tailnet}` },
                  { name: "HOMEPAGE_VAR_TRAEFIK_URL", value: `https://traefik.${tailnet}` },
                  { name: "HOMEPAGE_VAR_GRAFANA_URL", value: `https://grafana.${tailnet}` },
                ],
              },
            ],
          },
        },
      },
    ]);
  });

  test("fails when an object has no name in its status after it was made", async () => {
    const update = recordStack("tazlab", {
      answers: privateServiceAnswers({ grafana: undefined }),
      preview: false,
    });
    await expect(update).rejects.toThrow(
      "the Ingress monitoring/grafana-tailnet has no hostname in its status",
    );
  });

  test("merges the stub zone into the live Corefile, and refuses one that has it already", async () => {
    const answers = (corefile: string) => privateServiceAnswers({}, corefile);
    const recording = await recordStack("tazlab", { answers: answers(".:53 {\n}\n") });
    const [patch] = named(recording, "cluster-dns-stub-zone");
    expect((patch?.inputs["data"] as Record<string, string>)["Corefile"]).toBe(
      ".:53 {\n}\n# tailnet-edge: the tailnet's names, begin\nts.net:53 {\n    errors\n    cache 30\n    forward . 10.96.0.53\n}\n# tailnet-edge: the tailnet's names, end\n",
    );
    expect(patch?.options.retainOnDelete).toBe(true);
    await expect(recordStack("tazlab", { answers: answers("ts.net {\n}\n") })).rejects.toThrow(
      "found:   a server block ts.net",
    );
    await expect(recordStack("tazlab", { answers: answers("") })).rejects.toThrow("found:   no Corefile");
  });
});

describe("the phases", () => {
  const backing = ["longhorn", "pgadmin", "traefik"].map((name) => `ServicePatch ${name}-backing`);
  const dashboards = ["grafana", "homepage", "longhorn", "pgadmin", "traefik"];
  const legacy = [...dashboards.map((name) => `Ingress ${name}-legacy`), "Service tazlab-db-legacy"];
  const tailnet = [...dashboards.map((name) => `Ingress ${name}`), "Service tazlab-db"];
  const always = ["DeploymentPatch homepage-links", ...backing];

  test.each([
    ["legacy", [...always, ...legacy]],
    ["coexist", [...always, ...legacy, ...tailnet]],
    ["tailnet", [...always, ...tailnet]],
  ] as const)("%s has these objects and no others", async (phase, objects) => {
    const recording = await recordStack("tazlab", { config: withPhases(phase) });
    expect(objectsOf(recording)).toEqual(objects.toSorted());
  });

  test("differ in whole objects, the backing Services' type and Homepage's links alone", async () => {
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

  test("take the legacy address away only behind the new way, and leave it when the stack goes", async () => {
    for (const [phase, waitsForNew] of [
      ["legacy", false],
      ["coexist", false],
      ["tailnet", true],
    ] as const) {
      const recording = await recordStack("tazlab", { config: withPhases(phase) });
      const [patch] = named(recording, "pgadmin-backing");
      const added = named(recording, "pgadmin").map(({ urn }) => urn);
      expect(patch?.options.retainOnDelete).toBe(true);
      expect(patch?.dependsOn).toEqual(waitsForNew ? added : []);
    }
  });

  test("keep what they make themselves to be deleted with them", async () => {
    const recording = await recordStack("tazlab", { config: withPhases("coexist") });
    const kept = recording.resources.filter(({ options }) => options.retainOnDelete).map(({ name }) => name);
    expect(kept.sort()).toEqual([
      "cluster-dns-stub-zone",
      "homepage-links",
      ...["longhorn-backing", "pgadmin-backing"],
      ...["tailnet-dns", "tailnet-policy", "tailnet-settings", "traefik-backing"],
    ]);
  });

  test("take legacy objects over where they are there already", async () => {
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
      "pgadmin-legacy pgadmin/pgadmin without metadata,spec",
      "tazlab-db-legacy tazlab-db/tazlab-db-external without metadata,spec",
      "traefik-legacy traefik/traefik-dashboard without metadata,spec",
    ]);
  });

  test("change neither the policy nor what the namespace admits", async () => {
    const [policies, namespaces] = [new Set<string>(), new Set<string>()];
    for (const phase of ["legacy", "coexist", "tailnet"] as const) {
      const recording = await recordStack("tazlab", { config: withPhases(phase) });
      policies.add(JSON.stringify(named(recording, "tailnet-policy")));
      namespaces.add(JSON.stringify(named(recording, "operator-namespace")));
    }
    expect([policies.size, namespaces.size]).toEqual([1, 1]);
  });
});

describe("a Service that is there already", () => {
  const privateServices = [
    service({
      kind: "annotation",
      name: "git",
      service: "git-ssh",
      ports: [22],
      allowFrom: ["dev@example.com"],
    }),
  ];
  const record = (clusterIP: string, phase = "tailnet") =>
    recordStack("tazlab", {
      config: {
        privateServices: privateServices.map((entry) => ({ ...entry, legacy: { backing: {} }, phase })),
        homepage: {},
        clusterDns: {},
      },
      answers: privateServiceAnswers({}, "", clusterIP),
    });

  test("is read, and gets its annotations by a patch that is taken off with it", async () => {
    const recording = await record("10.43.0.7");
    expect(recording.calls).toEqual([
      LIVE_POLICY,
      { token: "kubernetes:core/v1:Service", args: { id: "apps/git-ssh" } },
    ]);
    expect(named(recording, "git").map(({ type, inputs, options }) => ({ type, inputs, options }))).toEqual([
      {
        type: "kubernetes:core/v1:ServicePatch",
        inputs: {
          apiVersion: "v1",
          kind: "Service",
          metadata: {
            name: "git-ssh",
            namespace: "apps",
            annotations: {
              "tailscale.com/expose": "true",
              "tailscale.com/hostname": "git",
              "tailscale.com/tags": "tag:k8s",
            },
          },
        },
        options: DEFAULT_OPTIONS,
      },
    ]);
    expect((recording.outputs["exposure"] as { address: string }[]).map(({ address }) => address)).toEqual([
      "git.magellanic-gondola.ts.net:22",
    ]);
  });

  test("is not touched in phase legacy but for its own type", async () => {
    const recording = await record("10.43.0.7", "legacy");
    expect(recording.calls).toEqual([LIVE_POLICY]);
    expect(objectsOf(recording)).toEqual(["ServicePatch git-backing"]);
  });

  test("is refused if it is headless", async () => {
    await expect(record("None")).rejects.toThrow(
      "found:   kind: annotation on the Service apps/git-ssh, which is headless",
    );
  });
});

describe("a ProxyGroup", () => {
  test("is there before what it serves, and its devices may serve it without an admin", async () => {
    const recording = await recordStack("tazlab", {
      config: {
        homepage: {},
        clusterDns: {},
        proxyGroups: [{ name: "shared", tags: ["tag:shared"] }],
        privateServices: [service({ name: "app", proxyGroup: "shared", tags: ["tag:internal-apps"] })],
      },
    });
    const [group] = named(recording, "proxy-group-shared");
    expect(group?.inputs).toEqual({
      apiVersion: "tailscale.com/v1alpha1",
      kind: "ProxyGroup",
      metadata: { name: "shared", annotations: { "pulumi.com/waitFor": "condition=ProxyGroupAvailable" } },
      spec: { type: "ingress", replicas: 2, tags: ["tag:shared"] },
    });
    expect(named(recording, "app").map(({ dependsOn }) => dependsOn.includes(group?.urn ?? ""))).toEqual([
      true,
    ]);
    const [policy] = named(recording, "tailnet-policy");
    expect(policy?.inputs["acl"]).toContain(
      '"autoApprovers": {\n\t\t"services": {\n\t\t\t"tag:internal-apps": ["tag:shared"]\n\t\t}\n\t},',
    );
    expect(policy?.inputs["acl"]).toContain('"tag:shared": ["tag:k8s-operator"]');
  });
});

test("a nameserver with another address is made anew, as the operator would ignore the change", async () => {
  const [nameserver] = named(await recordStack("tazlab"), "cluster-dns-nameserver");
  const { deleteBeforeReplace, replaceOnChanges } = nameserver?.options ?? {};
  expect({ deleteBeforeReplace, replaceOnChanges }).toEqual({
    deleteBeforeReplace: true,
    replaceOnChanges: ["spec.nameserver.service.clusterIP"],
  });
});

describe("k3s's CoreDNS", () => {
  test("gets the stub zone as one key of the ConfigMap that it imports, and loses it with the stack", async () => {
    const nameserver = { image: "tailscale/k8s-nameserver:v1.96.5", clusterIP: "10.43.0.53" };
    const clusterDns = { nameserver, stubZone: "coredns-custom" };
    const recording = await recordStack("tazlab", { config: { clusterDns } });
    const [patch] = named(recording, "cluster-dns-stub-zone");
    expect(patch?.inputs).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "coredns-custom", namespace: "kube-system" },
      data: {
        "tailnet-edge.server": "ts.net:53 {\n    errors\n    cache 30\n    forward . 10.43.0.53\n}\n",
      },
    });
    expect(patch?.options.retainOnDelete).toBe(false);
    expect(recording.calls).toEqual([LIVE_POLICY]);
  });
});
