import type {
  AnnotationService,
  IngressService,
  LoadBalancerService,
  PrivateService,
  ServicePort,
} from "./private-service.ts";

/** Builds the Service that the operator puts on the tailnet, beside any that selects the same pods. */
export function loadBalancerManifest(service: LoadBalancerService) {
  return {
    metadata: {
      name: `${service.name}-tailnet`,
      namespace: service.namespace,
      annotations: { "tailscale.com/hostname": service.hostname, ...proxyAnnotations(service) },
    },
    spec: {
      type: "LoadBalancer",
      loadBalancerClass: "tailscale",
      ports: servicePorts(service.ports),
      selector: service.selector,
    },
  };
}

/**
 * Builds the Ingress by which the operator puts a Service on the tailnet.
 *
 * The hostname stands in `tls`: the operator ignores `tailscale.com/hostname` on an Ingress. Without the
 * forward annotation pods of the cluster cannot reach the service by its ts.net name (Tailscale, "Cluster
 * ingress").
 */
export function ingressManifest(service: IngressService) {
  return {
    metadata: {
      name: `${service.name}-tailnet`,
      namespace: service.namespace,
      annotations: {
        "tailscale.com/experimental-forward-cluster-traffic-via-ingress": "true",
        ...proxyAnnotations(service),
      },
    },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: [service.hostname] }],
      defaultBackend: {
        service: { name: service.backend.service, port: { number: service.backend.port } },
      },
    },
  };
}

/** Builds the patch that puts a Service on the tailnet which is there already. It holds nothing but annotations. */
export function exposePatch(service: AnnotationService) {
  return {
    metadata: {
      name: service.service,
      namespace: service.namespace,
      annotations: {
        "tailscale.com/expose": "true",
        "tailscale.com/hostname": service.hostname,
        ...proxyAnnotations(service),
      },
    },
  };
}

/** A Service's ports. More than one need names (Kubernetes, "Multi-port Services"). */
export function servicePorts(ports: readonly ServicePort[]) {
  return ports.map(({ port, targetPort }) => ({
    ...(ports.length > 1 && { name: `tcp-${port}` }),
    port,
    protocol: "TCP",
    targetPort,
  }));
}

function proxyAnnotations({ tags, proxyClass, proxyGroup }: PrivateService): Record<string, string> {
  return {
    "tailscale.com/tags": tags.join(","),
    ...(proxyClass !== undefined && { "tailscale.com/proxy-class": proxyClass }),
    ...(proxyGroup !== undefined && { "tailscale.com/proxy-group": proxyGroup }),
  };
}
