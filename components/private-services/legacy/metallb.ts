import type { ExposureRow } from "../../exposure-row.ts";
import { type ServiceManifest, servicePorts } from "../manifests.ts";
import type { LegacyFields, Phase, ServicePort } from "../service-fields.ts";

/** Requests an address from MetalLB. */
export const ADDRESS_ANNOTATION = "metallb.io/loadBalancerIPs";

/** A Service of type LoadBalancer, separate from the application's own, that MetalLB gives an address. */
export interface LegacyLoadBalancer extends LegacyFields {
  /** The Service's name, in the private service's namespace. */
  readonly service: string;
  readonly address: string;
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
}

/** The backing Service is itself a MetalLB LoadBalancer until phase `tailnet`. */
export interface LegacyBacking {
  /** Undefined if MetalLB chose it. */
  readonly address?: string | undefined;
}

/** Builds the MetalLB Service that exposes a service on the local network. */
export function legacyServiceManifest(namespace: string, legacy: LegacyLoadBalancer): ServiceManifest {
  return {
    metadata: {
      name: legacy.service,
      namespace,
      labels: legacy.labels,
      annotations: { ...legacy.annotations, [ADDRESS_ANNOTATION]: legacy.address },
    },
    spec: {
      type: "LoadBalancer",
      ports: servicePorts(legacy.ports),
      selector: legacy.selector,
    },
  };
}

/**
 * Builds the patch of a backing Service that was a MetalLB LoadBalancer itself: ClusterIP in phase `tailnet`,
 * LoadBalancer before.
 *
 * It sets the type in every phase. Deleting the patch would leave the field without an owner, and the API
 * server would then set it to ClusterIP, whatever it was before.
 */
export function backingPatch(namespace: string, service: string, phase: Phase, { address }: LegacyBacking) {
  // Whoever created the Service owns its type: without force the API server rejects the patch as a conflict.
  const force = { "pulumi.com/patchForce": "true" };
  const metadata = { name: service, namespace };
  if (phase === "tailnet") {
    return { metadata: { ...metadata, annotations: force }, spec: { type: "ClusterIP" } };
  }
  return {
    metadata: {
      ...metadata,
      annotations: { ...force, ...(address !== undefined && { [ADDRESS_ANNOTATION]: address }) },
    },
    spec: { type: "LoadBalancer" },
  };
}

/** Who can reach a service through MetalLB, port by port. */
export function metalLbRows(
  name: string,
  address: string | undefined,
  ports: readonly number[],
): readonly ExposureRow[] {
  return ports.map((port) => ({
    name,
    address: `${address ?? "address from MetalLB"}:${port}`,
    allowed: ["everybody on the local network"],
    route: "MetalLB",
  }));
}
