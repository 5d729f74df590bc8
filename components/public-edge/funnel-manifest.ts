/** The Service that Funnel's traffic goes to. */
export interface FunnelBackend {
  /** Also the Ingress's namespace: an Ingress reaches only Services of its own. */
  readonly namespace: string;
  readonly service: string;
  /**
   * At 443 the proxy speaks TLS to the Service and takes any certificate; at any other port it speaks plain
   * HTTP.
   */
  readonly port: number;
}

/**
 * Builds the Ingress by which the operator publishes a Service through Funnel.
 *
 * It has a default backend and no rules: the operator drops a rule whose host is not the ts.net name, and
 * routing by Host is the backend's work. The hostname stands in `tls`, the only place from which the
 * operator takes an Ingress's name; it ignores the `tailscale.com/hostname` annotation there.
 */
export function funnelManifest(hostname: string, tags: readonly string[], backend: FunnelBackend) {
  return {
    metadata: {
      name: hostname,
      namespace: backend.namespace,
      annotations: {
        "tailscale.com/funnel": "true",
        "tailscale.com/tags": tags.join(","),
      },
    },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: [hostname] }],
      defaultBackend: { service: { name: backend.service, port: { number: backend.port } } },
    },
  };
}
