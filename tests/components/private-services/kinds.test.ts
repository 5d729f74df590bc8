import { describe, expect, test } from "vitest";
import { annotationManifest } from "../../../components/private-services/kinds/annotation.ts";
import { ingressManifest } from "../../../components/private-services/kinds/ingress.ts";
import { loadBalancerManifest } from "../../../components/private-services/kinds/load-balancer.ts";
import { exposureOf, type PrivateService } from "../../../components/private-services/private-service.ts";
import { annotated, dashboard, database } from "../../support/private-services.ts";

test("loadBalancer creates a Service with the whole selector", () => {
  expect(loadBalancerManifest(database)).toEqual({
    metadata: {
      name: "tazlab-db-tailnet",
      namespace: "tazlab-db",
      annotations: { "tailscale.com/hostname": "tazlab-db", "tailscale.com/tags": "tag:k8s" },
    },
    spec: {
      type: "LoadBalancer",
      loadBalancerClass: "tailscale",
      allocateLoadBalancerNodePorts: false,
      ports: [{ port: 5432, protocol: "TCP", targetPort: 5432 }],
      selector: { cluster: "tazlab-db", role: "master" },
    },
  });
});

test("names the ports if there are several, as Kubernetes requires", () => {
  const ports = [
    { port: 80, targetPort: "web" },
    { port: 5432, targetPort: 15432 },
  ];
  expect(loadBalancerManifest({ ...database, ports }).spec.ports).toEqual([
    { name: "tcp-80", port: 80, protocol: "TCP", targetPort: "web" },
    { name: "tcp-5432", port: 5432, protocol: "TCP", targetPort: 15432 },
  ]);
});

test("names a port that is open for TCP and UDP once for each protocol", () => {
  const ports = [
    { port: 53, targetPort: 5353 },
    { port: 53, targetPort: 5353, protocol: "UDP" as const },
  ];
  const service = { ...database, ports };
  expect(loadBalancerManifest(service).spec.ports).toEqual([
    { name: "tcp-53", port: 53, protocol: "TCP", targetPort: 5353 },
    { name: "udp-53", port: 53, protocol: "UDP", targetPort: 5353 },
  ]);
  const { ports: tcp, udpPorts } = exposureOf(service);
  expect([tcp, udpPorts]).toEqual([[53], [53]]);
});

test("ingress creates an Ingress with a default backend, the forward annotation and no rules", () => {
  expect(ingressManifest(dashboard)).toEqual({
    metadata: {
      name: "pgadmin-tailnet",
      namespace: "db-tools",
      annotations: {
        "tailscale.com/experimental-forward-cluster-traffic-via-ingress": "true",
        "tailscale.com/tags": "tag:internal-apps,tag:web",
      },
    },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: ["pga"] }],
      defaultBackend: { service: { name: "pgadmin", port: { number: 8001 } } },
    },
  });
});

test("annotation adds annotations to an existing Service and changes nothing else", () => {
  expect(annotationManifest(annotated)).toEqual({
    metadata: {
      name: "git-ssh",
      namespace: "git",
      annotations: {
        "tailscale.com/expose": "true",
        "tailscale.com/hostname": "git",
        "tailscale.com/tags": "tag:git",
      },
    },
  });
});

test("ingress sets a proxy class and a ProxyGroup only if configured", () => {
  const configured = { ...dashboard, proxyClass: "small", proxyGroup: "shared" };
  expect(ingressManifest(configured).metadata.annotations).toEqual({
    ...ingressManifest(dashboard).metadata.annotations,
    "tailscale.com/proxy-class": "small",
    "tailscale.com/proxy-group": "shared",
  });
});

test.each([
  ["loadBalancer", (extra: object) => loadBalancerManifest({ ...database, ...extra })],
  ["annotation", (extra: object) => annotationManifest({ ...annotated, ...extra })],
])("%s sets a proxy class only if configured", (_, build) => {
  expect(build({ proxyClass: "small" }).metadata.annotations).toEqual({
    ...build({}).metadata.annotations,
    "tailscale.com/proxy-class": "small",
  });
});

describe("what a kind decides", () => {
  const decided = (service: PrivateService) => {
    const { tailnetObject, legacyObject, ...facts } = exposureOf(service);
    return { ...facts, objects: [tailnetObject.type, legacyObject?.type] };
  };

  test("loadBalancer is TCP without a backing Service", () => {
    expect(decided(database)).toMatchObject({
      objects: ["Service", "Service"],
      protocol: "tcp",
      ports: [5432],
      backing: undefined,
      legacyHost: undefined,
    });
  });

  test("ingress is HTTPS on 443, whatever the port of its backing Service", () => {
    expect(decided(dashboard)).toMatchObject({
      objects: ["Ingress", "Ingress"],
      protocol: "https",
      ports: [443],
      backing: { service: "pgadmin", ports: [8001], legacy: { address: "192.168.1.242" } },
      legacyHost: "pgadmin.tazlab.net",
    });
  });

  test("annotation is TCP on the Service that it patches", () => {
    expect(decided(annotated)).toMatchObject({
      objects: ["annotations", undefined],
      protocol: "tcp",
      ports: [22, 80],
      backing: { service: "git-ssh", ports: [22, 80], legacy: {} },
      legacyHost: undefined,
    });
  });

  test("nothing is legacy without a legacy exposure", () => {
    for (const service of [database, dashboard, annotated]) {
      const { legacyObject, legacyHost, legacyRows, backing } = exposureOf({ ...service, legacy: undefined });
      expect({ legacyObject, legacyHost, legacyRows, backing: backing?.legacy }).toEqual({
        legacyObject: undefined,
        legacyHost: undefined,
        legacyRows: [],
        backing: undefined,
      });
    }
  });
});
