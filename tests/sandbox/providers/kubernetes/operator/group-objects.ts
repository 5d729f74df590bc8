import type { KubernetesObject } from "../../../../../sandbox/providers/kubernetes/api-server/objects.ts";

const owned = ["tag:k8s-operator"];
export const policy = (services: object) => ({
  tagOwners: {
    "tag:k8s-operator": [],
    "tag:k8s": owned,
    "tag:shared": owned,
    "tag:apps": owned,
    "tag:other": [],
  },
  autoApprovers: { services },
});

export const group = (spec: object = {}, name = "shared"): KubernetesObject => ({
  apiVersion: "tailscale.com/v1alpha1",
  kind: "ProxyGroup",
  metadata: { name },
  spec: { type: "ingress", tags: ["tag:shared"], ...spec },
});

const annotations = { "tailscale.com/proxy-group": "shared", "tailscale.com/tags": "tag:apps" };

export const ingress = (name: string, hosts = [name], annotated: object = {}): KubernetesObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name, namespace: "apps", annotations: { ...annotations, ...annotated } },
  spec: { ingressClassName: "tailscale", tls: [{ hosts }] },
});

export const database = (annotated: object = {}, spec: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "db", namespace: "apps", annotations: { ...annotations, ...annotated } },
  spec: {
    type: "LoadBalancer",
    loadBalancerClass: "tailscale",
    clusterIP: "10.43.0.9",
    ports: [{ port: 5432 }],
    ...spec,
  },
});
