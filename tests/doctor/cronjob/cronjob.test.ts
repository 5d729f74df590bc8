import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { allChecks } from "../../../doctor/all-checks.ts";
import { cronJobManifests, type CronJobSettings } from "../../../doctor/cronjob/manifests.ts";
import { kubernetesPermissions, type Permission } from "../../../doctor/cronjob/permissions.ts";
import { machineNetwork, type Network } from "../../../doctor/probes/network.ts";
import { runDoctor } from "../../../doctor/run-doctor.ts";
import { liveSystems } from "../../../doctor/systems.ts";
import { stackOutputs } from "../../../doctor/target/outputs.ts";
import type { Target } from "../../../doctor/target/target.ts";
import { KubernetesClient } from "../../../live/kubernetes-client.ts";
import { LiveError } from "../../../live/live-error.ts";
import { type ApiServer, startApiServer } from "../../apiserver/api-server.ts";
import { plainSettings } from "../../live/settings.ts";
import type { Manifest } from "../../support/manifest.ts";
import { renderOperatorChart } from "../../support/operator-chart.ts";
import { readConfig, stackConfig } from "../../support/stack-config.ts";

const SETTINGS: CronJobSettings = {
  image: "registry.example.com/tailnet-edge:1",
  namespace: "tailnet-edge-doctor",
  schedule: "17 * * * *",
  stackFile: "config: {}\n",
  outputs: "{}",
};
const FUNNEL = "ozilab-edge.tail1234.ts.net";
const OUTPUTS = stackOutputs.parse({ funnel: { expected: FUNNEL, actual: FUNNEL } });

let server: ApiServer;
beforeAll(async () => {
  server = await startApiServer();
  const definitions = (await renderOperatorChart({})).filter(({ kind, metadata }) => {
    return kind === "CustomResourceDefinition" && /^proxy(classes|groups)\./.test(metadata.name);
  });
  for (const definition of definitions) await server.client.apply(definition);
});
afterAll(async () => {
  await server.stop();
});

const targetOf = async (stack: string): Promise<Target> => ({
  ...{ stack, outputs: OUTPUTS, hosts: [] },
  config: await readConfig(stackConfig(stack)),
});

const applyAll = async (target: Target, settings = SETTINGS): Promise<readonly Manifest[]> => {
  const manifests = cronJobManifests(target, settings) as readonly Manifest[];
  const namespaces = kubernetesPermissions(target).flatMap(({ namespace }) => namespace ?? []);
  for (const name of new Set(namespaces)) {
    await server.client.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  for (const manifest of manifests) await server.client.apply(manifest);
  return manifests;
};

/** A client that acts as the CronJob's ServiceAccount. */
async function podClient(): Promise<KubernetesClient> {
  const config = parse(readFileSync(server.kubeconfig, "utf8")) as { users: { user: { as?: string } }[] };
  for (const { user } of config.users)
    user.as = "system:serviceaccount:tailnet-edge-doctor:tailnet-edge-doctor";
  return await KubernetesClient.fromSettings(plainSettings({ "kubernetes:kubeconfig": stringify(config) }));
}

/** Refuses every connection at once: this test is about what the checks read in the cluster. */
const NO_NETWORK: Network = {
  ...machineNetwork(true),
  nameServer: () => "127.0.0.1:1",
  dial: () => connect({ host: "127.0.0.1", port: 1 }),
};

const RESOURCES: Readonly<Record<string, string>> = {
  ...{ Deployment: "deployments", Pod: "pods", Secret: "secrets", Event: "events", Service: "services" },
  ...{ Ingress: "ingresses", ProxyGroup: "proxygroups", ProxyClass: "proxyclasses" },
};

/** Runs all checks of a target with a client. @returns what they read, and the refusals */
async function readingsOf(target: Target, client: KubernetesClient) {
  const reads = new Map<string, Permission>();
  const refused: string[] = [];
  const record = async <T>(permission: Permission, answer: Promise<T>): Promise<T> => {
    reads.set(JSON.stringify(permission), permission);
    try {
      return await answer;
    } catch (error) {
      // A kind that was just defined answers 429 for a moment.
      if (error instanceof LiveError && error.reason === "denied") refused.push(error.message);
      throw error;
    }
  };
  const of = (apiVersion: string, kind: string) => ({
    apiGroup: apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "",
    resource: RESOURCES[kind] ?? kind,
  });
  const recording = {
    read: (apiVersion: string, kind: string, { namespace, name }: { namespace: string; name: string }) =>
      record(
        { ...of(apiVersion, kind), verb: "get", namespace, name },
        client.read(apiVersion, kind, { namespace, name }),
      ),
    list: (
      apiVersion: string,
      kind: string,
      selection: { namespace?: string; labelSelector?: string } = {},
    ) => {
      const { namespace } = selection;
      return record(
        { ...of(apiVersion, kind), verb: "list", ...(namespace !== undefined && { namespace }) },
        client.list(apiVersion, kind, selection),
      );
    },
  } as unknown as KubernetesClient;
  const systems = { ...liveSystems(plainSettings({})), kubernetes: () => Promise.resolve(recording) };
  await runDoctor(target.stack, allChecks(target, systems, NO_NETWORK));
  return { reads: [...reads.values()], refused };
}

const sorted = (permissions: readonly Permission[]) =>
  permissions
    .map(({ apiGroup, resource, verb, namespace = "*", name = "*" }) =>
      [verb, `${apiGroup}/${resource}`, namespace, name].join(" "),
    )
    .toSorted();

describe.each(["ozilab", "tazlab"])("stack %s", (stack) => {
  test("the ServiceAccount may read what the checks read, and nothing more", async () => {
    const target = await targetOf(stack);
    await applyAll(target);
    const { reads, refused } = await readingsOf(target, await podClient());
    expect(refused).toEqual([]);
    expect(reads.length).toBeGreaterThan(8);
    expect(sorted(kubernetesPermissions(target))).toEqual(sorted(reads));
  });
});

test("the API server refuses the ServiceAccount everything else", async () => {
  await applyAll(await targetOf("ozilab"));
  const client = await podClient();
  const other = { namespace: "tailscale", name: "operator" };
  for (const call of [
    () => client.read("v1", "Secret", other),
    () => client.list("v1", "Secret"),
    () => client.list("v1", "Pod"),
    () => client.list("v1", "ConfigMap", { namespace: "tailscale" }),
    () => client.read("networking.k8s.io/v1", "Ingress", other),
    () => client.list("rbac.authorization.k8s.io/v1", "ClusterRole"),
  ]) {
    await expect(call()).rejects.toMatchObject({ reason: "denied", status: 403 });
  }
});

test.each<[string, CronJobSettings]>([
  ["restricted", SETTINGS],
  ["privileged", { ...SETTINGS, metrics: { folder: "/var/lib/node_exporter", node: "node-1" } }],
])("Pod Security admits the pod at the level %s", async (level, settings) => {
  const manifests = await applyAll(await targetOf("ozilab"), settings);
  const job = manifests.find(({ kind }) => kind === "CronJob") as unknown as {
    spec: { jobTemplate: { spec: { template: { spec: object } } } };
  };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: level, namespace: settings.namespace } };
  const spec = job.spec.jobTemplate.spec.template.spec;
  expect(await server.client.apply({ ...pod, spec })).toMatchObject({ kind: "Pod" });
  const outside = { ...spec, hostNetwork: true };
  const refusal = server.client.apply({ ...pod, metadata: { ...pod.metadata, name: "host" }, spec: outside });
  if (level === "restricted") await expect(refusal).rejects.toMatchObject({ status: 403 });
  else await refusal;
});

test("a failed run is a failed Job, which is not repeated, and metrics go to the one node", async () => {
  const settings = { ...SETTINGS, metrics: { folder: "/var/lib/node_exporter", node: "node-1" } };
  const manifests = cronJobManifests(await targetOf("ozilab"), settings) as readonly Manifest[];
  expect(manifests.find(({ kind }) => kind === "CronJob")).toMatchObject({
    spec: {
      concurrencyPolicy: "Forbid",
      jobTemplate: {
        spec: {
          backoffLimit: 0,
          template: {
            spec: {
              restartPolicy: "Never",
              nodeSelector: { "kubernetes.io/hostname": "node-1" },
              containers: [
                {
                  args: [
                    "--stack=ozilab",
                    "--outputs=/etc/doctor/outputs.json",
                    "--from=elsewhere",
                    "--metrics=/metrics/tailnet-edge-doctor-ozilab.prom",
                  ],
                },
              ],
              volumes: [{}, {}, { hostPath: { path: "/var/lib/node_exporter", type: "Directory" } }],
            },
          },
        },
      },
    },
  });
});
