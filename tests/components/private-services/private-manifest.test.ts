import { expect, test } from "vitest";
import {
  exposePatch,
  ingressManifest,
  loadBalancerManifest,
} from "../../../components/private-services/private-manifest.ts";
import { annotated, dashboard, database } from "../../support/private-services.ts";

test("a database is a Service of its own, with the whole selector", () => {
  expect(loadBalancerManifest(database)).toEqual({
    metadata: {
      name: "tazlab-db-tailnet",
      namespace: "tazlab-db",
      annotations: { "tailscale.com/hostname": "tazlab-db", "tailscale.com/tags": "tag:k8s" },
    },
    spec: {
      type: "LoadBalancer",
      loadBalancerClass: "tailscale",
      ports: [{ port: 5432, protocol: "TCP", targetPort: 5432 }],
      selector: { cluster: "tazlab-db", role: "master" },
    },
  });
});

test("several ports have names, as Kubernetes wants them", () => {
  const ports = [
    { port: 80, targetPort: "web" },
    { port: 5432, targetPort: 15432 },
  ];
  expect(loadBalancerManifest({ ...database, ports }).spec.ports).toEqual([
    { name: "tcp-80", port: 80, protocol: "TCP", targetPort: "web" },
    { name: "tcp-5432", port: 5432, protocol: "TCP", targetPort: 15432 },
  ]);
});

test("a dashboard is an Ingress with both annotations that it cannot do without, and no rules", () => {
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

test("a Service that is there already gets annotations and nothing else", () => {
  expect(exposePatch(annotated)).toEqual({
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

test.each([
  ["loadBalancer", (extra: object) => loadBalancerManifest({ ...database, ...extra })],
  ["ingress", (extra: object) => ingressManifest({ ...dashboard, ...extra })],
  ["annotation", (extra: object) => exposePatch({ ...annotated, ...extra })],
])("%s has a proxy class and a ProxyGroup only if asked", (_, build) => {
  const plain = build({}).metadata.annotations;
  expect(build({ proxyClass: "small", proxyGroup: "shared" }).metadata.annotations).toEqual({
    ...plain,
    "tailscale.com/proxy-class": "small",
    "tailscale.com/proxy-group": "shared",
  });
});
