import type { ExposureRow } from "../../exposure-row.ts";
import { portTexts, type ServiceManifest, servicePorts } from "../manifests.ts";
import type { LegacyFields, Phase, ServicePort } from "../service-fields.ts";

/** The spellings of MetalLB's annotations. Older releases of MetalLB know only the second, newer ones prefer the first. */
export const ANNOTATION_PREFIXES = ["metallb.io", "metallb.universe.tf"] as const;
export type AnnotationPrefix = (typeof ANNOTATION_PREFIXES)[number];

/**
 * MetalLB needs no node ports, so a Service that is created again gets none. A Service that has some keeps them: only
 * its deletion, or the type ClusterIP, closes them.
 */
const NO_NODE_PORTS = { allocateLoadBalancerNodePorts: false };

/** A Service of type LoadBalancer, separate from the application's own, that MetalLB gives an address. */
export interface LegacyLoadBalancer extends LegacyFields {
  /** The Service's name, in the private service's namespace. */
  readonly service: string;
  readonly address: string;
  readonly annotationPrefix: AnnotationPrefix;
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
}

/** The backing Service is itself a MetalLB LoadBalancer until phase `tailnet`. */
export interface LegacyBacking {
  /** Undefined if MetalLB chose it. */
  readonly address?: string | undefined;
  /** Undefined if no other Service has this address. */
  readonly sharingKey?: string | undefined;
  readonly annotationPrefix: AnnotationPrefix;
}

/** Builds the MetalLB Service that exposes a service on the local network. */
export function legacyServiceManifest(namespace: string, legacy: LegacyLoadBalancer): ServiceManifest {
  return {
    metadata: {
      name: legacy.service,
      namespace,
      labels: legacy.labels,
      annotations: { ...legacy.annotations, ...requestAnnotations(legacy) },
    },
    spec: {
      type: "LoadBalancer",
      ...NO_NODE_PORTS,
      ports: servicePorts(legacy.ports),
      selector: legacy.selector,
    },
  };
}

/**
 * Builds the fields of a backing Service that was a MetalLB LoadBalancer itself: ClusterIP without a requested
 * address in phase `tailnet`, LoadBalancer before.
 *
 * They include the type in every phase. If the field had no owner, the API server would set it to ClusterIP, whatever
 * it was before.
 */
export function backingFields(phase: Phase, backing: LegacyBacking) {
  const annotations = phase === "tailnet" ? clearedAnnotations(backing) : requestAnnotations(backing);
  return {
    // Nobody can own an empty map for long: whoever sets the first annotation would conflict with its owner.
    ...(Object.keys(annotations).length > 0 && { metadata: { annotations } }),
    spec: phase === "tailnet" ? { type: "ClusterIP" } : { type: "LoadBalancer", ...NO_NODE_PORTS },
  };
}

type Request = Pick<LegacyBacking, "address" | "sharingKey" | "annotationPrefix">;

/** Requests an address from MetalLB (MetalLB, "Usage": requesting specific IPs, IP address sharing). */
function requestAnnotations(request: Request): Readonly<Record<string, string>> {
  const { annotationPrefix } = request;
  return Object.fromEntries(
    requested(request).map(([name, value]) => [`${annotationPrefix}/${name}`, value]),
  );
}

/**
 * Clears what {@link requestAnnotations} requests, in both spellings: whoever created the Service may use the other.
 *
 * Server-side apply cannot remove an annotation that somebody else owns too. It can take the annotation over with an
 * empty value, which MetalLB reads as no request.
 */
function clearedAnnotations(request: Request): Readonly<Record<string, string>> {
  const names = requested(request).map(([name]) => name);
  return Object.fromEntries(
    names.flatMap((name) => ANNOTATION_PREFIXES.map((prefix) => [`${prefix}/${name}`, ""])),
  );
}

function requested({ address, sharingKey }: Request): readonly (readonly [name: string, value: string])[] {
  return [
    ...(address === undefined ? [] : [["loadBalancerIPs", address] as const]),
    ...(sharingKey === undefined ? [] : [["allow-shared-ip", sharingKey] as const]),
  ];
}

/** Who can reach a service through MetalLB, port by port. */
export function metalLbRows(
  name: string,
  address: string | undefined,
  ports: readonly number[],
  udpPorts: readonly number[] = [],
): readonly ExposureRow[] {
  return portTexts(ports, udpPorts).map((port) => ({
    name,
    address: `${address ?? "address from MetalLB"}:${port}`,
    allowed: ["everybody on the local network"],
    route: "MetalLB",
  }));
}
