/** What a ProxyClass sets for the pods of the proxies that name it. Without a field, the operator's default applies. */
export interface ProxyClassSettings {
  /** Image of the proxy, for its init container too. */
  readonly image?: string | undefined;
  /** Secrets of the operator's namespace to pull the image with. */
  readonly pullSecrets: readonly string[];
  /** Further variables of the proxy's container, such as HTTPS_PROXY. */
  readonly env: Readonly<Record<string, string>>;
  readonly resources?: Resources | undefined;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly tolerations: readonly object[];
  /** As in a pod's spec. */
  readonly affinity?: object | undefined;
  /** As in a pod's spec. */
  readonly topologySpreadConstraints: readonly object[];
  readonly priorityClass?: string | undefined;
  /** Serves Prometheus metrics on port 9002, and has a ServiceMonitor created if set. */
  readonly metrics?: Metrics | undefined;
}

interface Resources {
  readonly requests?: Readonly<Record<string, string>> | undefined;
  readonly limits?: Readonly<Record<string, string>> | undefined;
}

interface Metrics {
  readonly serviceMonitor?: { readonly labels: Readonly<Record<string, string>> } | undefined;
}

/** Builds the custom resource. The annotation makes Pulumi wait until the operator accepts it. */
export function proxyClassManifest(name: string, settings: ProxyClassSettings) {
  const { metrics } = settings;
  const pod = podSettings(settings);
  return {
    apiVersion: "tailscale.com/v1alpha1",
    kind: "ProxyClass",
    metadata: { name, annotations: { "pulumi.com/waitFor": "condition=ProxyClassReady" } },
    spec: {
      ...(Object.keys(pod).length > 0 && { statefulSet: { pod } }),
      ...(metrics && {
        metrics: {
          enable: true,
          ...(metrics.serviceMonitor && { serviceMonitor: { enable: true, ...metrics.serviceMonitor } }),
        },
      }),
    },
  };
}

function podSettings(settings: ProxyClassSettings) {
  const { image, pullSecrets, env, resources, priorityClass, affinity } = settings;
  const { nodeSelector, tolerations, topologySpreadConstraints } = settings;
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  const container = {
    ...(image !== undefined && { image }),
    ...(variables.length > 0 && { env: variables }),
    ...(resources && { resources }),
  };
  return {
    ...(Object.keys(container).length > 0 && { tailscaleContainer: container }),
    // It runs the same image, to enable forwarding.
    ...(image !== undefined && { tailscaleInitContainer: { image } }),
    ...(pullSecrets.length > 0 && { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(tolerations.length > 0 && { tolerations }),
    ...(affinity && { affinity }),
    ...(topologySpreadConstraints.length > 0 && { topologySpreadConstraints }),
    ...(priorityClass !== undefined && { priorityClassName: priorityClass }),
  };
}
