import type { ProxyClassSettings } from "../../components/operator/proxy-class-manifest.ts";

export const EMPTY_CLASS = {
  pullSecrets: [],
  env: {},
  nodeSelector: {},
  tolerations: [],
  topologySpreadConstraints: [],
} satisfies ProxyClassSettings;

/** A ProxyClass with every setting. */
export const FULL_CLASS = {
  image: "mirror.example.com/tailscale/tailscale:v1.2.3",
  pullSecrets: ["mirror"],
  env: { HTTPS_PROXY: "http://proxy.example.com:3128" },
  resources: { requests: { cpu: "50m" }, limits: { memory: "128Mi" } },
  nodeSelector: { "node-role.kubernetes.io/infra": "" },
  tolerations: [{ key: "infra", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 }],
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app: "edge" } } },
      ],
    },
  },
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
  ],
  priorityClass: "edge-critical",
  metrics: { serviceMonitor: { labels: { release: "prometheus" } } },
} satisfies ProxyClassSettings;
