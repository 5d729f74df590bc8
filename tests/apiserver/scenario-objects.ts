import type { Manifest } from "../support/manifest.ts";

export const configMap = (name: string, rest: object, metadata: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default", ...metadata },
  ...rest,
});

export const service = (name: string, rest: object, metadata: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "default", ...metadata },
  ...rest,
});

export const deployment = (spec?: object): Manifest => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "default" },
  ...(spec && { spec }),
});

export const labels = { app: "web" };
export const pods = (containers: readonly object[], rest: object = {}) => ({
  selector: { matchLabels: labels },
  template: { metadata: { labels }, spec: { containers, ...rest } },
});
export const web = { name: "web", image: "web:1" };
