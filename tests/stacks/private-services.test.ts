import { describe, expect, test } from "vitest";
import type { MockAnswers } from "../../plan/recording/recording-monitor.ts";
import { renderText } from "../../plan/report/render-text.ts";
import { renderYaml } from "../../plan/report/render-yaml.ts";
import { maskChartVersion } from "../support/mask-chart-version.ts";
import {
  kubernetesObjects,
  privateServiceAnswers,
  resourcesNamed,
  service,
  withPhases,
} from "../support/private-stack.ts";
import { LIVE_POLICY, recordStack } from "../support/record-stack.ts";
import { DEFAULT_OPTIONS } from "../support/recorded-resource.ts";

describe("the tazlab stack", () => {
  test("has exactly the URNs of the golden file", async () => {
    const recording = await recordStack("tazlab");
    const urns = recording.resources.map(({ urn }) => urn).sort();
    await expect(`${urns.join("\n")}\n`).toMatchFileSnapshot("goldens/tazlab.urns.txt");
  });

  test.each(["legacy", "coexist", "tailnet"])(
    "has exactly the Kubernetes objects of the golden file in phase %s",
    async (phase) => {
      const recording = await recordStack("tazlab", { config: withPhases(phase) });
      await expect(maskChartVersion(`${renderYaml(recording)}\n`)).toMatchFileSnapshot(
        `goldens/tazlab.${phase}.objects.txt`,
      );
    },
  );

  test("shows the exposure and the migration table", async () => {
    const tables = renderText("tazlab", await recordStack("tazlab", { config: withPhases("coexist") }));
    const shown = tables.slice(tables.indexOf("┌"), tables.indexOf("Outputs"));
    await expect(shown).toMatchFileSnapshot("goldens/tazlab.coexist.tables.txt");
  });

  test("allows TazPod the database and the dashboards, and nothing else", async () => {
    const recording = await recordStack("tazlab");
    const [policy] = resourcesNamed(recording, "tailnet-policy");
    await expect(policy?.inputs["acl"]).toMatchFileSnapshot("goldens/tazlab.policy.hujson");
  });

  test("allows privileged pods in the operator's namespace: proxies need them to forward", async () => {
    const recording = await recordStack("tazlab");
    expect(resourcesNamed(recording, "operator-namespace").map(({ inputs }) => inputs["metadata"])).toEqual([
      { name: "tailscale", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    ]);
  });

  test("outputs the assigned names, and Homepage's links use them", async () => {
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
    expect(
      resourcesNamed(recording, "homepage-links").map(
        ({ inputs }) => (inputs["fields"] as { spec: object }).spec,
      ),
    ).toEqual([
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

  test("fails if an object has no hostname in its status after an update", async () => {
    const update = recordStack("tazlab", {
      answers: privateServiceAnswers({ grafana: undefined }),
      preview: false,
    });
    await expect(update).rejects.toThrow(
      "the Ingress monitoring/grafana-tailnet has no hostname in its status",
    );
  });
});

describe("an annotated Service", () => {
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

  test("is read, and annotated until the stack is destroyed", async () => {
    const recording = await record("10.43.0.7");
    expect(recording.calls).toEqual([
      LIVE_POLICY,
      { token: "kubernetes:core/v1:Service", args: { id: "apps/git-ssh" } },
    ]);
    expect(
      resourcesNamed(recording, "git").map(({ type, inputs, options }) => ({ type, inputs, options })),
    ).toEqual([
      {
        type: "object-fields:index:ObjectFields",
        inputs: {
          apiVersion: "v1",
          kind: "Service",
          namespace: "apps",
          name: "git-ssh",
          fields: {
            metadata: {
              annotations: {
                "tailscale.com/expose": "true",
                "tailscale.com/hostname": "git",
                "tailscale.com/tags": "tag:k8s",
              },
            },
          },
          force: false,
          creates: false,
          onDelete: "release",
          awaitedFinalizer: "tailscale.com/finalizer",
        },
        options: {
          ...DEFAULT_OPTIONS,
          deleteBeforeReplace: true,
          replaceOnChanges: ['fields.metadata.annotations["tailscale.com/hostname"]'],
        },
      },
    ]);
    expect((recording.outputs["exposure"] as { address: string }[]).map(({ address }) => address)).toEqual([
      "git.magellanic-gondola.ts.net:22",
    ]);
  });

  test("is patched in phase legacy for its type only, and read for its source ranges", async () => {
    const recording = await record("10.43.0.7", "legacy");
    expect(recording.calls).toEqual([
      LIVE_POLICY,
      { token: "kubernetes:core/v1:Service", args: { id: "apps/git-ssh" } },
    ]);
    expect(kubernetesObjects(recording)).toEqual(["ObjectFields git-backing"]);
  });

  test("is rejected in phase tailnet if it has source ranges, and accepted before", async () => {
    const spec = { clusterIP: "10.43.0.7", loadBalancerSourceRanges: ["10.0.0.0/8"] };
    const answers: MockAnswers = {
      newResource: (resource) =>
        resource.name === "git-live"
          ? { id: "git-live-id", state: { spec, metadata: {} } }
          : privateServiceAnswers().newResource?.(resource),
    };
    const recordIn = (phase: string) => {
      const entries = privateServices.map((entry) => ({ ...entry, legacy: { backing: {} }, phase }));
      const config = { privateServices: entries, homepage: {}, clusterDns: {} };
      return recordStack("tazlab", { config, answers });
    };
    await expect(recordIn("tailnet")).rejects.toThrow(
      "found:   the Service apps/git-ssh with loadBalancerSourceRanges: [10.0.0.0/8]",
    );
    expect(kubernetesObjects(await recordIn("coexist"))).toContain("ObjectFields git-backing");
  });

  test("is rejected if it is headless", async () => {
    await expect(record("None")).rejects.toThrow(
      "found:   kind: annotation on the Service apps/git-ssh, which is headless",
    );
  });
});

describe("a ProxyGroup", () => {
  test("is created before its services, and the policy approves its devices for them", async () => {
    const recording = await recordStack("tazlab", {
      config: {
        homepage: {},
        clusterDns: {},
        proxyGroups: [{ name: "shared", tags: ["tag:shared"] }],
        privateServices: [service({ name: "app", proxyGroup: "shared", tags: ["tag:internal-apps"] })],
      },
    });
    const [group] = resourcesNamed(recording, "proxy-group-shared");
    expect(group?.inputs).toEqual({
      apiVersion: "tailscale.com/v1alpha1",
      kind: "ProxyGroup",
      metadata: { name: "shared", annotations: { "pulumi.com/waitFor": "condition=ProxyGroupAvailable" } },
      spec: { type: "ingress", replicas: 2, tags: ["tag:shared"] },
    });
    expect(
      resourcesNamed(recording, "app").map(({ dependsOn }) => dependsOn.includes(group?.urn ?? "")),
    ).toEqual([true]);
    const [policy] = resourcesNamed(recording, "tailnet-policy");
    expect(policy?.inputs["acl"]).toContain(
      '"autoApprovers": {\n\t\t"services": {\n\t\t\t"tag:internal-apps": ["tag:shared"]\n\t\t}\n\t},',
    );
    expect(policy?.inputs["acl"]).toContain('"tag:shared": ["tag:k8s-operator"]');
  });
});
