import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type { Manifest } from "../support/manifest.ts";
import { renderOperatorChart } from "../support/operator-chart.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";
import { poll } from "./poll.ts";

// The first build compiles Kubernetes: many minutes on a small machine.
const BUILD_TIMEOUT_MS = 1_800_000;

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
}, BUILD_TIMEOUT_MS);

afterAll(async () => {
  await server.stop();
});

const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "data" } };

const service: Manifest = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "db", namespace: "data", annotations: { "tailscale.com/hostname": "db" } },
  spec: {
    type: "LoadBalancer",
    loadBalancerClass: "tailscale",
    selector: { app: "db", role: "master" },
    ports: [{ port: 5432 }],
  },
};

const ingress = (spec: object): Manifest => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name: "db", namespace: "data" },
  spec,
});

describe("the API server", () => {
  test("is the pinned version and says so", async () => {
    expect(await server.client.get("/version")).toMatchObject({
      major: "1",
      minor: "35",
      gitVersion: "v1.35.0",
    });
  });

  test("stores what is applied and gives it back with the server's defaults", async () => {
    await server.client.apply(namespace);
    await server.client.apply(service);
    expect(await server.client.read(service)).toMatchObject({
      metadata: { name: "db", namespace: "data", annotations: { "tailscale.com/hostname": "db" } },
      spec: {
        type: "LoadBalancer",
        loadBalancerClass: "tailscale",
        selector: { app: "db", role: "master" },
        ports: [{ port: 5432, targetPort: 5432, protocol: "TCP" }],
        allocateLoadBalancerNodePorts: true,
        externalTrafficPolicy: "Cluster",
      },
      status: { loadBalancer: {} },
    });
  });

  test("takes away what a later apply no longer has", async () => {
    const applied = await server.client.apply({ ...service, metadata: { name: "db", namespace: "data" } });
    expect(applied.metadata["annotations"]).toBeUndefined();
  });

  test("forgets what is deleted", async () => {
    await server.client.apply(service);
    await server.client.delete(service);
    await expect(server.client.read(service)).rejects.toMatchObject({
      status: 404,
      message: 'services "db" not found',
    });
  });

  test.each([
    [
      "a path that is not absolute",
      ingress({
        rules: [
          {
            http: {
              paths: [
                {
                  path: "app",
                  pathType: "Prefix",
                  backend: { service: { name: "db", port: { number: 1 } } },
                },
              ],
            },
          },
        ],
      }),
      422,
      'Ingress.networking.k8s.io "db" is invalid: spec.rules[0].http.paths[0].path: Invalid value: "app": must be an absolute path',
    ],
    [
      "a port of two kinds",
      ingress({ defaultBackend: { service: { name: "db", port: { number: 443, name: "https" } } } }),
      422,
      'Ingress.networking.k8s.io "db" is invalid: spec.defaultBackend: Invalid value: "": cannot set both port name & port number',
    ],
    [
      "a field that there is not",
      ingress({ ingressClass: "tailscale" }),
      500,
      "failed to create typed patch object (data/db; networking.k8s.io/v1, Kind=Ingress): .spec.ingressClass: field not declared in schema",
    ],
    [
      "a spec that is indented under metadata",
      { ...service, metadata: { ...service.metadata, spec: service["spec"] }, spec: {} },
      500,
      "failed to create typed patch object (data/db; /v1, Kind=Service): .metadata.spec: field not declared in schema",
    ],
    [
      "a namespace that there is not",
      { ...service, metadata: { name: "db", namespace: "nowhere" } },
      404,
      'namespaces "nowhere" not found',
    ],
    [
      "a kind that there is not",
      { ...service, kind: "Servise" },
      404,
      "the API server has no kind Servise in v1",
    ],
    [
      "a kind that is only a part of others",
      { ...service, apiVersion: "apps/v1", kind: "Scale" },
      404,
      "the API server has no kind Scale in apps/v1",
    ],
  ])("refuses %s in its own words", async (_, object, status, message) => {
    await expect(server.client.apply(object)).rejects.toMatchObject({ status, message });
  });

  test("serves a new kind as soon as its definition is applied", async () => {
    const names = { kind: "Widget", plural: "widgets" };
    const schema = { openAPIV3Schema: { type: "object", properties: { size: { type: "integer" } } } };
    const versions = [
      { name: "v1", served: true, storage: true, schema },
      { name: "v2", served: false, storage: false, schema },
    ];
    await server.client.apply({
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "widgets.example.test" },
      spec: { group: "example.test", names, scope: "Namespaced", versions },
    });
    const widget = { apiVersion: "example.test/v1", kind: "Widget", metadata: { name: "small" }, size: 1 };
    expect(await server.client.apply(widget)).toMatchObject({ metadata: { namespace: "default" }, size: 1 });
  });

  test("is described by a kubeconfig that is of use on its own", async () => {
    const kubeconfig: unknown = parse(await readFile(server.kubeconfig, "utf8"));
    const encoded: unknown = expect.stringMatching(/^[A-Za-z0-9+/]{500,}=*$/);
    const token: unknown = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(kubeconfig).toEqual({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "apiserver",
      clusters: [
        { name: "apiserver", cluster: { server: server.url, "certificate-authority-data": encoded } },
      ],
      users: [{ name: "apiserver", user: { token } }],
      contexts: [{ name: "apiserver", context: { cluster: "apiserver", user: "apiserver" } }],
    });
  });
});

describe("with the operator's chart", () => {
  const proxyClass = (spec: object): Manifest => ({
    apiVersion: "tailscale.com/v1alpha1",
    kind: "ProxyClass",
    metadata: { name: "edge" },
    spec,
  });

  beforeAll(async () => {
    await server.client.apply({ ...namespace, metadata: { name: "tailscale" } });
    for (const object of await renderOperatorChart({})) await server.client.apply(object);
  }, BUILD_TIMEOUT_MS);

  test("a ProxyClass is stored", async () => {
    const spec = {
      statefulSet: { pod: { labels: { app: "edge" }, priorityClassName: "system-cluster-critical" } },
    };
    await server.client.apply(proxyClass(spec));
    expect(await server.client.read(proxyClass({}))).toMatchObject({ spec });
  });

  test("a ProxyClass with a wrong type is refused", async () => {
    await expect(server.client.apply(proxyClass({ metrics: { enable: "yes" } }))).rejects.toMatchObject({
      status: 500,
      message:
        "failed to create typed patch object (/edge; tailscale.com/v1alpha1, Kind=ProxyClass): .spec.metrics.enable: expected boolean, got &{yes}",
    });
  });

  test("a ProxyClass with a field that there is not is refused", async () => {
    await expect(server.client.apply(proxyClass({ statefulset: { pod: {} } }))).rejects.toMatchObject({
      status: 500,
      message:
        "failed to create typed patch object (/edge; tailscale.com/v1alpha1, Kind=ProxyClass): .spec.statefulset: field not declared in schema",
    });
  });

  test("a ProxyClass is refused by the rules of its definition", async () => {
    const spec = { metrics: { enable: false, serviceMonitor: { enable: true } } };
    await expect(server.client.apply(proxyClass(spec))).rejects.toMatchObject({
      status: 422,
      message:
        'ProxyClass.tailscale.com "edge" is invalid: spec.metrics: Invalid value: ServiceMonitor can only be enabled if metrics are enabled',
    });
  });
});

/** Waits for a port that nobody listens on any more: a process that is killed takes a moment to end. */
const untilRefused = async (url: string): Promise<void> => {
  await poll(`the end of ${url}`, 100, async () =>
    fetch(url).then(
      () => undefined,
      (error: unknown) => {
        const { code } = (error as { cause: { code?: string } }).cause;
        return code === "ECONNREFUSED" ? code : undefined;
      },
    ),
  );
};

describe("an API server of one's own", () => {
  let temporary: string;
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), "of-its-own-"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(async () => {
    await rm(temporary, { recursive: true });
  });

  test("runs beside another, shares nothing with it and leaves nothing behind", async () => {
    vi.stubEnv("TMPDIR", temporary);
    const other = await startApiServer();
    await server.client.apply({ ...namespace, metadata: { name: "mine" } });
    await expect(other.client.read({ ...namespace, metadata: { name: "mine" } })).rejects.toThrow(
      'namespaces "mine" not found',
    );
    await other.stop();
    await untilRefused(other.url);
    expect(existsSync(dirname(other.kubeconfig))).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
  }, 120_000);

  test.each(["SIGTERM", "SIGINT"] as const)(
    "ends with the process that started it, by %s too",
    async (signal) => {
      const script = `
      import { startApiServer } from ${JSON.stringify(join(import.meta.dirname, "api-server.ts"))};
      console.log((await startApiServer()).url);
      process.stdin.resume();`;
      const args = ["--input-type=module-typescript", "--eval", script];
      const starter = execa(process.execPath, args, { env: { TMPDIR: temporary }, reject: false });
      for await (const url of starter) {
        starter.kill(signal);
        await untilRefused(url);
      }
      expect((await starter).signal).toBe(signal);
      expect(await readdir(temporary)).toEqual([]);
    },
    120_000,
  );

  test("that cannot run says why, with its log, and leaves nothing behind", async () => {
    // A path that is too long for the name of a Unix socket.
    const deep = join(temporary, "d".repeat(120));
    await mkdir(deep);
    vi.stubEnv("TMPDIR", deep);
    await expect(startApiServer()).rejects.toThrow(
      /^etcd ended \(.*\), its log ends with:\n[^]*invalid argument/,
    );
    expect(await readdir(deep)).toEqual([]);
  }, 120_000);
});
