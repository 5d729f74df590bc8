import { describe, expect, test } from "vitest";
import { backingFields, legacyServiceManifest } from "../../../components/private-services/legacy/metallb.ts";
import { legacyIngressManifest } from "../../../components/private-services/legacy/traefik.ts";
import { dashboard, database } from "../../support/private-services.ts";

const unaddressed = { annotationPrefix: "metallb.io" } as const;

test("restores the MetalLB Service as it was", () => {
  expect(legacyServiceManifest("tazlab-db", database.legacy.loadBalancer)).toEqual({
    metadata: {
      name: "tazlab-db-external",
      namespace: "tazlab-db",
      labels: { app: "db" },
      annotations: { "metallb.io/loadBalancerIPs": "192.168.1.241" },
    },
    spec: {
      type: "LoadBalancer",
      allocateLoadBalancerNodePorts: false,
      ports: [{ port: 5432, protocol: "TCP", targetPort: 5432 }],
      selector: { cluster: "tazlab-db", role: "master" },
    },
  });
});

test("restores the MetalLB Service with the annotations that its MetalLB reads", () => {
  const legacy = { ...database.legacy.loadBalancer, annotationPrefix: "metallb.universe.tf" } as const;
  expect(legacyServiceManifest("tazlab-db", legacy).metadata.annotations).toEqual({
    "metallb.universe.tf/loadBalancerIPs": "192.168.1.241",
  });
});

describe("the Traefik Ingress", () => {
  test("is restored with its wildcard certificate and its middlewares in their order", () => {
    const service = { name: "pgadmin", port: { number: 8001 } };
    const paths = [{ path: "/", pathType: "Prefix", backend: { service } }];
    expect(legacyIngressManifest("db-tools", dashboard.legacy.ingress, dashboard.backend)).toEqual({
      metadata: {
        name: "pgadmin-public",
        namespace: "db-tools",
        labels: {},
        annotations: {
          "example.com/kept": "yes",
          "pulumi.com/skipAwait": "true",
          "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
          "traefik.ingress.kubernetes.io/router.tls": "true",
          "traefik.ingress.kubernetes.io/router.middlewares":
            "auth-oauth2-proxy@kubernetescrd,default-headers@kubernetescrd",
        },
      },
      spec: {
        ingressClassName: "traefik",
        tls: [{ hosts: ["pgadmin.tazlab.net"], secretName: "wildcard-tls" }],
        rules: [{ host: "pgadmin.tazlab.net", http: { paths } }],
      },
    });
  });

  test("has no middleware annotation without middlewares: Traefik would read it as an empty name", () => {
    const ingress = { ...dashboard.legacy.ingress, middlewares: [] };
    expect(
      Object.keys(legacyIngressManifest("db-tools", ingress, dashboard.backend).metadata.annotations),
    ).not.toContain("traefik.ingress.kubernetes.io/router.middlewares");
  });
});

describe("the backing Service's fields", () => {
  const addressed = { address: "192.168.1.242", annotationPrefix: "metallb.io" } as const;
  const shared = { ...addressed, sharingKey: "dashboards", annotationPrefix: "metallb.universe.tf" } as const;

  test.each(["legacy", "coexist"] as const)("keeps the type LoadBalancer in phase %s", (phase) => {
    expect(backingFields(phase, addressed)).toEqual({
      metadata: { annotations: { "metallb.io/loadBalancerIPs": "192.168.1.242" } },
      spec: { type: "LoadBalancer", allocateLoadBalancerNodePorts: false },
    });
  });

  test("lets MetalLB choose the address if none is configured", () => {
    expect(backingFields("coexist", unaddressed)).toEqual({
      spec: { type: "LoadBalancer", allocateLoadBalancerNodePorts: false },
    });
  });

  test("requests a shared address in the configured spelling", () => {
    expect(backingFields("coexist", shared).metadata?.annotations).toEqual({
      "metallb.universe.tf/loadBalancerIPs": "192.168.1.242",
      "metallb.universe.tf/allow-shared-ip": "dashboards",
    });
  });

  test("sets the type ClusterIP in phase tailnet, and clears what it requested in both spellings", () => {
    const address = { "metallb.io/loadBalancerIPs": "", "metallb.universe.tf/loadBalancerIPs": "" };
    expect(backingFields("tailnet", addressed)).toEqual({
      metadata: { annotations: address },
      spec: { type: "ClusterIP" },
    });
    expect(backingFields("tailnet", shared).metadata?.annotations).toEqual({
      ...address,
      "metallb.io/allow-shared-ip": "",
      "metallb.universe.tf/allow-shared-ip": "",
    });
    expect(backingFields("tailnet", unaddressed)).toEqual({ spec: { type: "ClusterIP" } });
  });
});
