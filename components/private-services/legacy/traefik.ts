import type { ExposureRow } from "../../exposure-row.ts";
import type { IngressManifest } from "../manifests.ts";
import type { LegacyFields } from "../service-fields.ts";

/** An Ingress that Traefik serves. */
export interface LegacyIngress extends LegacyFields {
  /** The Ingress's name, in the private service's namespace. */
  readonly name: string;
  readonly host: string;
  /** Secret of the TLS certificate, often a wildcard certificate. */
  readonly tlsSecret: string;
  /** In Traefik's notation, in their order: `auth-oauth2-proxy@kubernetescrd`. */
  readonly middlewares: readonly string[];
  readonly entryPoints: readonly string[];
  readonly ingressClass: string;
}

/** Builds the Traefik Ingress that exposes a service by its host. */
export function legacyIngressManifest(
  namespace: string,
  legacy: LegacyIngress,
  backend: { readonly service: string; readonly port: number },
): IngressManifest {
  const service = { name: backend.service, port: { number: backend.port } };
  return {
    metadata: {
      name: legacy.name,
      namespace,
      labels: legacy.labels,
      annotations: {
        ...legacy.annotations,
        // Traefik sets an Ingress's status only if it is configured with its own Service; without that Pulumi
        // would wait until it times out.
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

/** Who can reach a service through Traefik. */
export function traefikRow(name: string, { host, middlewares }: LegacyIngress): ExposureRow {
  return {
    name,
    address: `https://${host}`,
    allowed: ["everybody who reaches Traefik"],
    route: ["Traefik", ...middlewares].join(", "),
  };
}
