import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { proxyClassManifest } from "../../components/operator/proxy-class-manifest.ts";
import type { Manifest } from "../support/manifest.ts";
import { renderOperatorChart } from "../support/operator-chart.ts";
import { EMPTY_CLASS, FULL_CLASS } from "../support/proxy-classes.ts";
import { type ApiServer, startApiServer } from "./api-server.ts";

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
});

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

describe("the client", () => {
  test("applies an object and reads it with the server's defaults", async () => {
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

  test("removes fields that a later apply omits", async () => {
    const applied = await server.client.apply({ ...service, metadata: { name: "db", namespace: "data" } });
    expect(applied.metadata["annotations"]).toBeUndefined();
  });

  test("deletes an object", async () => {
    await server.client.apply(service);
    await server.client.delete(service);
    await expect(server.client.read(service)).rejects.toMatchObject({
      status: 404,
      message: 'services "db" not found',
    });
  });

  test.each([
    [
      "a relative path",
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
      "a port with both name and number",
      ingress({ defaultBackend: { service: { name: "db", port: { number: 443, name: "https" } } } }),
      422,
      'Ingress.networking.k8s.io "db" is invalid: spec.defaultBackend: Invalid value: "": cannot set both port name & port number',
    ],
    [
      "an unknown field",
      ingress({ ingressClass: "tailscale" }),
      500,
      "failed to create typed patch object (data/db; networking.k8s.io/v1, Kind=Ingress): .spec.ingressClass: field not declared in schema",
    ],
    [
      "a spec indented under metadata",
      { ...service, metadata: { ...service.metadata, spec: service["spec"] }, spec: {} },
      500,
      "failed to create typed patch object (data/db; /v1, Kind=Service): .metadata.spec: field not declared in schema",
    ],
    [
      "a missing namespace",
      { ...service, metadata: { name: "db", namespace: "nowhere" } },
      404,
      'namespaces "nowhere" not found',
    ],
    ["an unknown kind", { ...service, kind: "Servise" }, 404, "the API server has no kind Servise in v1"],
    [
      "a kind that exists only as a subresource",
      { ...service, apiVersion: "apps/v1", kind: "Scale" },
      404,
      "the API server has no kind Scale in apps/v1",
    ],
  ])("rejects %s with the server's message", async (_, object, status, message) => {
    await expect(server.client.apply(object)).rejects.toMatchObject({ status, message });
  });

  test("can apply a new kind once its definition is applied", async () => {
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
  });

  test("a valid ProxyClass is stored", async () => {
    const spec = {
      statefulSet: { pod: { labels: { app: "edge" }, priorityClassName: "system-cluster-critical" } },
    };
    await server.client.apply(proxyClass(spec));
    expect(await server.client.read(proxyClass({}))).toMatchObject({ spec });
  });

  test.each([
    ["every setting", FULL_CLASS],
    ["no setting", EMPTY_CLASS],
    ["metrics without a ServiceMonitor", { ...EMPTY_CLASS, metrics: {} }],
  ])("a ProxyClass of the stack with %s is stored whole", async (_, settings) => {
    const object = proxyClassManifest("of-stack", settings);
    await server.client.apply(object);
    expect((await server.client.read(object))["spec"]).toEqual(object.spec);
    await server.client.delete(object);
  });

  test("a ProxyClass with a value of the wrong type is rejected", async () => {
    await expect(server.client.apply(proxyClass({ metrics: { enable: "yes" } }))).rejects.toMatchObject({
      status: 500,
      message:
        "failed to create typed patch object (/edge; tailscale.com/v1alpha1, Kind=ProxyClass): .spec.metrics.enable: expected boolean, got &{yes}",
    });
  });

  test("a ProxyClass with an unknown field is rejected", async () => {
    await expect(server.client.apply(proxyClass({ statefulset: { pod: {} } }))).rejects.toMatchObject({
      status: 500,
      message:
        "failed to create typed patch object (/edge; tailscale.com/v1alpha1, Kind=ProxyClass): .spec.statefulset: field not declared in schema",
    });
  });

  test("a ProxyClass that violates a validation rule of its definition is rejected", async () => {
    const spec = { metrics: { enable: false, serviceMonitor: { enable: true } } };
    await expect(server.client.apply(proxyClass(spec))).rejects.toMatchObject({
      status: 422,
      message:
        'ProxyClass.tailscale.com "edge" is invalid: spec.metrics: Invalid value: ServiceMonitor can only be enabled if metrics are enabled',
    });
  });
});
