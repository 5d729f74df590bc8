import { servicePorts } from "./private-manifest.ts";
import type { LegacyBacking, LegacyIngress, LegacyLoadBalancer, Phase } from "./private-service.ts";

const METALLB_ADDRESS = "metallb.io/loadBalancerIPs";

/** Builds the MetalLB Service by which something was, or is again, reached on the local network. */
export function legacyServiceManifest(namespace: string, legacy: LegacyLoadBalancer) {
  return {
    metadata: {
      name: legacy.service,
      namespace,
      labels: legacy.labels,
      annotations: { ...legacy.annotations, [METALLB_ADDRESS]: legacy.address },
    },
    spec: {
      type: "LoadBalancer",
      ports: servicePorts(legacy.ports),
      selector: legacy.selector,
    },
  };
}

/** Builds the Traefik Ingress by which something was, or is again, reached. */
export function legacyIngressManifest(
  namespace: string,
  legacy: LegacyIngress,
  backend: { readonly service: string; readonly port: number },
) {
  const service = { name: backend.service, port: { number: backend.port } };
  return {
    metadata: {
      name: legacy.name,
      namespace,
      labels: legacy.labels,
      annotations: {
        ...legacy.annotations,
        // Traefik writes an Ingress's status only if it is told its own Service. Pulumi would wait for it in vain.
        "pulumi.com/skipAwait": "true",
        "traefik.ingress.kubernetes.io/router.entrypoints": legacy.entryPoints.join(","),
        "traefik.ingress.kubernetes.io/router.tls": "true",
        ...(legacy.middlewares.length > 0 && {
          "traefik.ingress.kubernetes.io/router.middlewares": legacy.middlewares.join(","),
        }),
      },
    },
    spec: {
      ingressClassName: legacy.ingressClass,
      tls: [{ hosts: [legacy.host], secretName: legacy.tlsSecret }],
      rules: [
        { host: legacy.host, http: { paths: [{ path: "/", pathType: "Prefix", backend: { service } }] } },
      ],
    },
  };
}

/**
 * Builds the patch of a backing Service that was a MetalLB LoadBalancer itself: a ClusterIP once the tailnet
 * has taken over, the LoadBalancer it was until then.
 *
 * It names the type in every phase. A patch that is taken off leaves the field to nobody, and the API
 * server then makes it ClusterIP, whatever it was before.
 */
export function backingPatch(namespace: string, service: string, phase: Phase, { address }: LegacyBacking) {
  // Whoever made the Service owns its type; without force the API server refuses the patch as a conflict.
  const force = { "pulumi.com/patchForce": "true" };
  const metadata = { name: service, namespace };
  if (phase === "tailnet") {
    return { metadata: { ...metadata, annotations: force }, spec: { type: "ClusterIP" } };
  }
  return {
    metadata: {
      ...metadata,
      annotations: { ...force, ...(address !== undefined && { [METALLB_ADDRESS]: address }) },
    },
    spec: { type: "LoadBalancer" },
  };
}
