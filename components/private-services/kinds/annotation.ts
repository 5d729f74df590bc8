import { type LegacyBacking, metalLbRows } from "../legacy/metallb.ts";
import { type AnnotationManifest, proxyAnnotations } from "../manifests.ts";
import type { ServiceFields } from "../service-fields.ts";
import type { ServiceExposure } from "./service-exposure.ts";

/** All TCP ports of a Service that someone else creates. */
export interface AnnotationService extends ServiceFields {
  readonly kind: "annotation";
  /** Removing the annotation from a live Service leaves a finalizer that nobody removes (tailscale #20836). */
  readonly proxyGroup?: undefined;
  readonly service: string;
  /** The Service's ports; the tailnet's policy has to list them. */
  readonly ports: readonly number[];
  readonly legacy?: { readonly backing: LegacyBacking } | undefined;
}

export function annotationExposure(service: AnnotationService): ServiceExposure {
  const { name, ports, legacy } = service;
  return {
    tailnetObject: { type: "annotations", manifest: annotationManifest(service) },
    ports,
    udpPorts: [],
    protocol: "tcp",
    backing: { service: service.service, ports, legacy: legacy?.backing },
    legacyObject: undefined,
    legacyHost: undefined,
    legacyRows: legacy ? metalLbRows(name, legacy.backing.address, ports) : [],
  };
}

/** Builds the annotations that make the operator expose an existing Service. */
export function annotationManifest(service: AnnotationService): AnnotationManifest {
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
