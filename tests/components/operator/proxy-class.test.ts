import { expect, test } from "vitest";
import { proxyClassManifest } from "../../../components/operator/proxy-class-manifest.ts";
import { EMPTY_CLASS, FULL_CLASS } from "../../support/proxy-classes.ts";

const identity = {
  apiVersion: "tailscale.com/v1alpha1",
  kind: "ProxyClass",
  metadata: { name: "small", annotations: { "pulumi.com/waitFor": "condition=ProxyClassReady" } },
};

test("a ProxyClass has every setting in its place", () => {
  expect(proxyClassManifest("small", FULL_CLASS)).toEqual({
    ...identity,
    spec: {
      statefulSet: {
        pod: {
          tailscaleContainer: {
            image: "mirror.example.com/tailscale/tailscale:v1.2.3",
            env: [{ name: "HTTPS_PROXY", value: "http://proxy.example.com:3128" }],
            resources: { requests: { cpu: "50m" }, limits: { memory: "128Mi" } },
          },
          tailscaleInitContainer: { image: "mirror.example.com/tailscale/tailscale:v1.2.3" },
          imagePullSecrets: [{ name: "mirror" }],
          nodeSelector: { "node-role.kubernetes.io/infra": "" },
          tolerations: [{ key: "infra", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 }],
          affinity: FULL_CLASS.affinity,
          topologySpreadConstraints: FULL_CLASS.topologySpreadConstraints,
          priorityClassName: "edge-critical",
        },
      },
      metrics: { enable: true, serviceMonitor: { enable: true, labels: { release: "prometheus" } } },
    },
  });
});

test("a ProxyClass without settings leaves everything to the operator", () => {
  expect(proxyClassManifest("small", EMPTY_CLASS)).toEqual({ ...identity, spec: {} });
  expect(proxyClassManifest("small", { ...EMPTY_CLASS, metrics: {} })).toEqual({
    ...identity,
    spec: { metrics: { enable: true } },
  });
});
