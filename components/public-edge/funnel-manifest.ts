/** The Service that receives the Funnel's traffic. */
export interface FunnelBackend {
  /** Also the Ingress's namespace: an Ingress reaches only Services of its own namespace. */
  readonly namespace: string;
  readonly service: string;
  /**
   * On port 443 the proxy speaks TLS to the Service and accepts any certificate; on any other port it speaks
   * plain HTTP.
   */
  readonly port: number;
}

export interface FunnelManifestArgs {
  /** Name of the proxy's device: the first label of its ts.net name. */
  readonly hostname: string;
  /** Name of the Ingress; default: the hostname. */
  readonly ingressName?: string | undefined;
  readonly tags: readonly string[];
  /** ProxyClass of the proxy's pod; default: the operator's. */
  readonly proxyClass?: string | undefined;
  readonly backend: FunnelBackend;
}

/**
 * Builds the Ingress that makes the operator publish a Service through Funnel.
 *
 * The Ingress has a default backend and no rules: the operator drops a rule whose host is not the ts.net name,
 * and the backend routes by Host. The hostname is in `tls`, because the operator takes an Ingress's name only
 * from there; it ignores the annotation `tailscale.com/hostname` of an Ingress.
 */
export function funnelManifest(args: FunnelManifestArgs) {
  const { hostname, ingressName = hostname, tags, proxyClass, backend } = args;
  return {
    metadata: {
      name: ingressName,
      namespace: backend.namespace,
      annotations: {
        "tailscale.com/funnel": "true",
        "tailscale.com/tags": tags.join(","),
        ...(proxyClass !== undefined && { "tailscale.com/proxy-class": proxyClass }),
      },
    },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: [hostname] }],
      defaultBackend: { service: { name: backend.service, port: { number: backend.port } } },
    },
  };
}
