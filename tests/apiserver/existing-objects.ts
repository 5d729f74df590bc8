import type { Manifest } from "../support/manifest.ts";
import { tazlabServices } from "../support/private-stack.ts";

export const COREFILE = ".:53 {\n    forward . /etc/resolv.conf\n}\n";

/** The annotations that request the dashboards' shared address, in one of MetalLB's spellings. */
export function requestFromMetalLb(prefix: string): Readonly<Record<string, string>> {
  return {
    [`${prefix}/loadBalancerIPs`]: "192.168.1.240",
    [`${prefix}/allow-shared-ip`]: "tazlab-internal-dashboard",
  };
}

/** Objects of others in the cluster of stack tazlab, which exist before the stack. */
export function existingObjects(): readonly Manifest[] {
  const backing = (name: string, namespace: string, port: number, type: string, request: object = {}) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, annotations: { "example.com/owner": "flux", ...request } },
    spec: { type, selector: { app: name }, ports: [{ name: "web", port }] },
  });
  const labels = { app: "homepage" };
  const container = {
    name: "homepage",
    image: "ghcr.io/gethomepage/homepage:v1.4.0",
    env: [
      { name: "MY_POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
      { name: "HOMEPAGE_ALLOWED_HOSTS", value: "home.tazlab.net" },
    ],
  };
  const namespaces = tazlabServices("tailnet").map((entry) => entry.namespace);
  return [
    ...[...new Set([...namespaces, "apps"])].map((name) => ({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    })),
    backing("longhorn", "longhorn-system", 8002, "LoadBalancer", requestFromMetalLb("metallb.universe.tf")),
    backing("pgadmin", "tazlab-db", 8001, "LoadBalancer", requestFromMetalLb("metallb.io")),
    backing("traefik-dashboard", "traefik", 8003, "LoadBalancer"),
    backing("git-ssh", "apps", 22, "ClusterIP"),
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "homepage", namespace: "homepage" },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "coredns", namespace: "kube-system" },
      data: { Corefile: COREFILE, NodeHosts: "192.168.1.2 node" },
    },
  ];
}
