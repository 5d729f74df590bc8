import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Manifest } from "../support/manifest.ts";
import { renderOperatorChart } from "../support/operator-chart.ts";
import { privateServiceAnswers, service, tazlabServices, withPhases } from "../support/private-stack.ts";
import { publicEdgeAnswers, recordStack } from "../support/record-stack.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { COREFILE, existingObjects } from "./existing-objects.ts";
import { ApiServerError } from "./kubernetes-client.ts";
import { type StackObject, stackObjects, update } from "./stack-objects.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  const crds = (await renderOperatorChart({})).filter(({ kind }) => kind === "CustomResourceDefinition");
  expect(crds.length).toBeGreaterThan(0);
  for (const crd of crds) await server.client.apply(crd);
  for (const object of existingObjects()) await server.client.apply(object, { fieldManager: "flux" });
});

afterAll(async () => {
  await server.stop();
});

async function planned(phase: string): Promise<ReadonlyMap<string, StackObject>> {
  const config = { privateServices: tazlabServices(phase) };
  return stackObjects(await recordStack("tazlab", { config, answers: privateServiceAnswers({}, COREFILE) }));
}

const NOTHING: ReadonlyMap<string, StackObject> = new Map();
const done = () => Promise.resolve();

async function exists(object: Manifest): Promise<boolean> {
  return await server.client.read(object).then(
    ({ metadata }) => metadata["deletionTimestamp"] === undefined,
    (error: unknown) => {
      if (error instanceof ApiServerError && error.status === 404) return false;
      throw error;
    },
  );
}

const serviceOf = (namespace: string, name: string) =>
  server.client.read({ apiVersion: "v1", kind: "Service", metadata: { name, namespace } });
const typeOf = async (namespace: string, name: string) =>
  ((await serviceOf(namespace, name))["spec"] as { type: string }).type;

test("the API server accepts every object of ozilab", async () => {
  const recording = await recordStack("ozilab", {
    answers: publicEdgeAnswers("ozilab-edge.tail1234.ts.net"),
  });
  const objects = stackObjects(recording);
  expect(await update(server, NOTHING, objects, done)).toEqual([
    "create Namespace tailscale",
    "create Secret operator-oauth",
    "create Ingress ozilab-edge",
  ]);
});

/** What the backing Services request from MetalLB, as MetalLB reads it: the new spelling if it is present, else the old. */
async function metalLbRequests(): Promise<readonly string[]> {
  const backing = [
    ["longhorn-system", "longhorn"],
    ["tazlab-db", "pgadmin"],
    ["traefik", "traefik-dashboard"],
  ] as const;
  const services = await Promise.all(backing.map(([namespace, name]) => serviceOf(namespace, name)));
  return services.map(({ metadata }) => {
    const annotations = (metadata["annotations"] ?? {}) as Readonly<Record<string, string>>;
    return ["loadBalancerIPs", "allow-shared-ip"]
      .map((name) => annotations[`metallb.io/${name}`] ?? annotations[`metallb.universe.tf/${name}`] ?? "")
      .join(" ");
  });
}

const REQUESTS = Array<string>(3).fill("192.168.1.240 tazlab-internal-dashboard");
const NO_REQUESTS = Array<string>(3).fill(" ");

/** Names of the dashboards' legacy Ingresses. */
const dashboards = ["homepage", "pgadmin", "longhorn", "traefik-dashboard", "grafana"];

describe("tazlab, from phase to phase and back", () => {
  const phases = ["legacy", "coexist", "tailnet", "coexist", "tailnet", "legacy"];
  const added = ["homepage", "pgadmin", "longhorn", "traefik", "grafana"];
  const patched = ["pgadmin", "longhorn", "traefik-dashboard"].map((name) => `update Service fields ${name}`);
  const createdNew = [
    "create Service tazlab-db-tailnet",
    ...added.map((name) => `create Ingress ${name}-tailnet`),
  ];
  const createdOld = [
    "create Service tazlab-db-external",
    ...dashboards.map((name) => `create Ingress ${name}`),
  ];
  const deletedNew = createdNew.map((operation) => operation.replace("create", "delete"));
  const deletedOld = createdOld.map((operation) => operation.replace("create", "delete"));
  const links = "update Deployment fields homepage";
  const expected: Readonly<Record<string, readonly string[]>> = {
    "legacy coexist": [...createdNew, links],
    "coexist tailnet": [...patched, links, ...deletedOld],
    "tailnet coexist": [...patched, links, ...createdOld],
    "tailnet legacy": [...patched, links, ...createdOld, ...deletedNew],
  };

  test("performs the expected operations, and every service keeps a route throughout", async () => {
    let from = NOTHING;
    const all = [...(await planned("coexist"))].filter(([, { patch }]) => !patch);
    const routesOf = (name: string) =>
      all.filter(([urn]) => new RegExp(`::${name}(?:-legacy)?$`).test(urn)).map(([, { object }]) => object);
    for (const [index, phase] of phases.entries()) {
      const to = await planned(phase);
      const operations = await update(server, from, to, async (operation) => {
        // The first update creates the stack's routes.
        if (index === 0) return;
        for (const name of ["tazlab-db", ...added]) {
          const routes = await Promise.all(routesOf(name).map(exists));
          expect(routes, `${name} after ${operation}`).toHaveLength(2);
          expect(routes, `${name} after ${operation}`).toContain(true);
        }
      });
      if (index > 0) {
        const change = `${phases[index - 1] ?? ""} ${phase}`;
        expect([...operations].sort()).toEqual([...(expected[change] ?? [])].sort());
        const firstDelete = operations.findIndex((operation) => operation.startsWith("delete"));
        const rest = firstDelete === -1 ? [] : operations.slice(firstDelete);
        expect(rest.every((operation) => operation.startsWith("delete"))).toBe(true);
      }
      const type = phase === "tailnet" ? "ClusterIP" : "LoadBalancer";
      expect(await typeOf("longhorn-system", "longhorn")).toBe(type);
      expect(await metalLbRequests(), phase).toEqual(phase === "tailnet" ? NO_REQUESTS : REQUESTS);
      from = to;
    }
  });

  test("leaves the fields of others unchanged", async () => {
    const { metadata, spec } = await serviceOf("longhorn-system", "longhorn");
    expect(metadata["annotations"]).toMatchObject({ "example.com/owner": "flux" });
    expect(spec).toMatchObject({ selector: { app: "longhorn" }, ports: [{ name: "web", port: 8002 }] });
    const corefile = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "coredns", namespace: "kube-system" },
    };
    const { data } = await server.client.read(corefile);
    const { Corefile, NodeHosts } = data as { Corefile: string; NodeHosts: string };
    expect(NodeHosts).toBe("192.168.1.2 node");
    expect(Corefile.startsWith(COREFILE)).toBe(true);
    expect(Corefile.slice(COREFILE.length)).toContain("forward . 10.96.0.53");
    const deployment = { apiVersion: "apps/v1", kind: "Deployment" };
    const homepage = await server.client.read({
      ...deployment,
      metadata: { name: "homepage", namespace: "homepage" },
    });
    const { template } = homepage["spec"] as { template: { spec: { containers: { env: object[] }[] } } };
    expect(template.spec.containers.map(({ env }) => env.slice(0, 2))).toEqual([
      [
        { name: "MY_POD_IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
        { name: "HOMEPAGE_ALLOWED_HOSTS", value: "home.tazlab.net,$(MY_POD_IP):3000" },
      ],
    ]);
  });
});

test("the stack ignores exactly the defaults that the API server sets in a legacy Service", async () => {
  const { resources } = await recordStack("tazlab", {
    config: withPhases("coexist"),
    answers: privateServiceAnswers(),
  });
  const legacy = resources.find(({ name }) => name === "tazlab-db-legacy");
  const { inputs } = legacy ?? {};
  const metadata = { name: "defaulted", namespace: "tazlab-db" };
  // Others do not set this field.
  const spec = { ...(inputs?.["spec"] as object), allocateLoadBalancerNodePorts: undefined };
  const written = { ...inputs, metadata, spec } as unknown as Manifest;
  await server.client.apply(written, { fieldManager: "flux" });
  const defaulted = defaultedPaths(written["spec"], (await server.client.read(written))["spec"], "spec");
  expect(defaulted.sort()).toEqual(legacy?.options.ignoreChanges.toSorted());
  await server.client.delete(written);
});

describe("the node ports of a Service of the stack", () => {
  const nodePortsOf = async (object: Manifest) => {
    const { spec } = (await server.client.read(object)) as unknown as {
      spec: { ports: { nodePort?: number }[] };
    };
    return spec.ports.map(({ nodePort }) => nodePort);
  };
  const some: unknown = expect.any(Number);

  test.each([
    ["tailnet", "tazlab-db-tailnet"],
    ["legacy", "tazlab-db-external"],
  ])("do not exist in phase %s, and those that it has stay until it is replaced", async (phase, name) => {
    const found = [...(await planned(phase)).values()].find(({ object }) => object.metadata.name === name);
    const object = found?.object as Manifest;
    const closed = { ...object, metadata: { ...object.metadata, name: `${name}-ports` } };
    const { allocateLoadBalancerNodePorts, ...byDefault } = object["spec"] as Readonly<
      Record<string, unknown>
    >;
    expect(allocateLoadBalancerNodePorts).toBe(false);
    await server.client.apply({ ...closed, spec: byDefault });
    expect(await nodePortsOf(closed)).toEqual([some]);
    await server.client.apply(closed);
    expect(await nodePortsOf(closed)).toEqual([some]);
    await server.client.delete(closed);
    await server.client.apply(closed);
    expect(await nodePortsOf(closed)).toEqual([undefined]);
    await server.client.delete(closed);
  });

  test("do not come back with the type LoadBalancer of a backing Service", async () => {
    for (const phase of ["tailnet", "legacy"]) {
      const patch = [...(await planned(phase)).values()].find(
        ({ object }) => object.metadata.name === "longhorn" && object.kind === "Service",
      );
      if (patch) await server.client.apply(patch.object, patch);
      expect(patch && (await nodePortsOf(patch.object))).toEqual([undefined]);
    }
  });
});

/** Paths of the fields that an object has and its manifest has not. `[*]` is any index of a list. */
function defaultedPaths(written: unknown, live: unknown, path: string): string[] {
  if (Array.isArray(live)) {
    const items = Array.isArray(written) ? written : [];
    return items.length === 0
      ? [path]
      : live.flatMap((item, at) => defaultedPaths(items[at], item, `${path}[*]`));
  }
  if (typeof live !== "object" || live === null) return written === undefined ? [path] : [];
  const before = (written ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(live).flatMap(([key, value]) => defaultedPaths(before[key], value, `${path}.${key}`));
}

describe("an annotated Service", () => {
  const privateServices = [
    service({ kind: "annotation", name: "git", service: "git-ssh", ports: [22], legacy: { backing: {} } }),
  ];
  const at = async (phase: string) => {
    const config = {
      homepage: {},
      clusterDns: {},
      privateServices: privateServices.map((entry) => ({ ...entry, phase })),
    };
    return stackObjects(await recordStack("tazlab", { config, answers: privateServiceAnswers() }));
  };
  const annotations = async () => (await serviceOf("apps", "git-ssh")).metadata["annotations"];

  test("gains and loses its annotations, and keeps its owner's", async () => {
    const [legacy, tailnet] = [await at("legacy"), await at("tailnet")];
    await update(server, NOTHING, legacy, done);
    await update(server, legacy, tailnet, done);
    expect(await annotations()).toEqual({
      "example.com/owner": "flux",
      "tailscale.com/expose": "true",
      "tailscale.com/hostname": "git",
      "tailscale.com/tags": "tag:k8s",
    });
    expect(await update(server, tailnet, legacy, done)).toEqual([
      "update Service fields git-ssh",
      "relinquish Service fields git-ssh",
    ]);
    expect(await annotations()).toEqual({ "example.com/owner": "flux" });
    expect(await typeOf("apps", "git-ssh")).toBe("LoadBalancer");
  });
});

test("the API server accepts a service with UDP ports, on the tailnet and as MetalLB's", async () => {
  const ports = [53, { port: 53, protocol: "UDP" }];
  const selector = { app: "dns" };
  const legacy = { loadBalancer: { service: "dns-external", address: "192.168.1.53", ports, selector } };
  const dns = service({ kind: "loadBalancer", name: "dns", ports, selector, legacy, phase: "coexist" });
  const config = { homepage: {}, clusterDns: {}, privateServices: [dns] };
  const objects = stackObjects(await recordStack("tazlab", { config, answers: privateServiceAnswers() }));
  const services = new Map([...objects].filter(([, { object }]) => object.kind === "Service"));
  const created = await update(server, NOTHING, services, done);
  expect([...created].sort()).toEqual(["create Service dns-external", "create Service dns-tailnet"]);
  for (const name of ["dns-tailnet", "dns-external"]) {
    const { spec } = (await serviceOf("apps", name)) as unknown as { spec: { ports: object[] } };
    expect(spec.ports).toEqual([
      { name: "tcp-53", port: 53, protocol: "TCP", targetPort: 53 },
      { name: "udp-53", port: 53, protocol: "UDP", targetPort: 53 },
    ]);
  }
  await update(server, services, NOTHING, done);
});

test("the API server accepts a ProxyGroup and k3s's stub zone, and the stub zone is removed with the stack", async () => {
  const nameserver = { clusterIP: "10.43.0.53" };
  const config = {
    homepage: {},
    clusterDns: { nameserver, stubZone: "coredns-custom" },
    proxyGroups: [{ name: "shared", tags: ["tag:shared"] }],
    privateServices: [service({ name: "app", proxyGroup: "shared" })],
  };
  const objects = stackObjects(await recordStack("tazlab", { config, answers: privateServiceAnswers() }));
  const custom = [...objects].filter(([, { object }]) => /ConfigMap|ProxyGroup/.test(object.kind));
  await update(server, NOTHING, new Map(custom), done);
  expect(await update(server, new Map(custom), NOTHING, done)).toEqual([
    "relinquish ConfigMap fields coredns-custom",
    "delete ProxyGroup shared",
  ]);
  const left = await server.client.read({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "coredns-custom", namespace: "kube-system" },
  });
  expect(left["data"]).toBeUndefined();
});

// Must run last: without controllers the operator's namespace stays in the phase Terminating.
test("destroying tazlab keeps the objects of others, retained ones and the legacy route", async () => {
  const operations = await update(server, await planned("legacy"), NOTHING, done);
  expect([...operations].sort()).toEqual([
    "delete DNSConfig ts-dns",
    "delete Namespace tailscale",
    "delete Secret operator-oauth",
  ]);
  expect(await typeOf("longhorn-system", "longhorn")).toBe("LoadBalancer");
});
