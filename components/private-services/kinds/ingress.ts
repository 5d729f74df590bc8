import { type LegacyBacking, metalLbRows } from "../legacy/metallb.ts";
import { type LegacyIngress, legacyIngressManifest, traefikRow } from "../legacy/traefik.ts";
import { type IngressManifest, proxyAnnotations } from "../manifests.ts";
import type { ServiceFields } from "../service-fields.ts";
import type { ServiceExposure } from "./service-exposure.ts";

/** HTTPS on port 443 with a certificate for the ts.net name, in front of a Service. */
export interface IngressService extends ServiceFields {
  readonly kind: "ingress";
  /** The proxy speaks TLS to port 443 and accepts any certificate; to any other port it speaks plain HTTP. */
  readonly backend: { readonly service: string; readonly port: number };
  readonly legacy?:
    | { readonly ingress?: LegacyIngress | undefined; readonly backing?: LegacyBacking | undefined }
    | undefined;
}

/** The operator serves an Ingress on 443 only. */
export const INGRESS_PORTS: readonly number[] = [443];

export function ingressExposure(service: IngressService): ServiceExposure {
  const { name, namespace, backend, legacy } = service;
  const old = legacy?.ingress;
  const rows = old ? [traefikRow(name, old)] : [];
  return {
    tailnetObject: { type: "Ingress", manifest: ingressManifest(service) },
    ports: INGRESS_PORTS,
    udpPorts: [],
    protocol: "https",
    backing: { service: backend.service, ports: [backend.port], legacy: legacy?.backing },
    legacyObject: old && {
      type: "Ingress",
      manifest: legacyIngressManifest(namespace, old, backend),
      adopt: old.adopt,
      rows,
    },
    legacyHost: old?.host,
    legacyRows: [
      ...rows,
      ...(legacy?.backing ? metalLbRows(name, legacy.backing.address, [backend.port]) : []),
    ],
  };
}

/**
 * Builds the Ingress that the operator exposes.
 *
 * `tls` holds the hostname, because the operator ignores `tailscale.com/hostname` on an Ingress. Without the
 * forward annotation the cluster's pods cannot reach the service by its ts.net name (Tailscale, "Cluster
 * ingress").
 */
export function ingressManifest(service: IngressService): IngressManifest {
  const { name, hostname, namespace, backend } = service;
  return {
    metadata: {
      name: `${name}-tailnet`,
      namespace,
      annotations: {
        "tailscale.com/experimental-forward-cluster-traffic-via-ingress": "true",
        ...proxyAnnotations(service),
      },
    },
    spec: {
      ingressClassName: "tailscale",
      tls: [{ hosts: [hostname] }],
      defaultBackend: { service: { name: backend.service, port: { number: backend.port } } },
    },
  };
}
