import { type LegacyLoadBalancer, legacyServiceManifest, metalLbRows } from "../legacy/metallb.ts";
import { proxyAnnotations, type ServiceManifest, servicePorts } from "../manifests.ts";
import type { ServiceFields, ServicePort } from "../service-fields.ts";
import type { ServiceExposure } from "./service-exposure.ts";

/** Any TCP or UDP protocol: the stack creates a Service that selects the pods. */
export interface LoadBalancerService extends ServiceFields {
  readonly kind: "loadBalancer";
  /** The operator does not configure the group's pods for the service, which stays offline (tailscale #18186). */
  readonly proxyGroup?: undefined;
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
  readonly legacy?: { readonly loadBalancer: LegacyLoadBalancer } | undefined;
}

export function loadBalancerExposure(service: LoadBalancerService): ServiceExposure {
  const { name, namespace, legacy } = service;
  const old = legacy?.loadBalancer;
  const rows = old
    ? metalLbRows(name, old.address, portsOf(old.ports, "TCP"), portsOf(old.ports, "UDP"))
    : [];
  return {
    tailnetObject: { type: "Service", manifest: loadBalancerManifest(service) },
    ports: portsOf(service.ports, "TCP"),
    udpPorts: portsOf(service.ports, "UDP"),
    protocol: "tcp",
    backing: undefined,
    legacyObject: old && {
      type: "Service",
      manifest: legacyServiceManifest(namespace, old),
      adopt: old.adopt,
      rows,
    },
    legacyHost: undefined,
    legacyRows: rows,
  };
}

function portsOf(ports: readonly ServicePort[], wanted: "TCP" | "UDP"): readonly number[] {
  return ports.filter(({ protocol = "TCP" }) => protocol === wanted).map(({ port }) => port);
}

/** Builds the Service that the operator exposes. Other Services may select the same pods. */
export function loadBalancerManifest(service: LoadBalancerService): ServiceManifest {
  return {
    metadata: {
      name: `${service.name}-tailnet`,
      namespace: service.namespace,
      annotations: { "tailscale.com/hostname": service.hostname, ...proxyAnnotations(service) },
    },
    spec: {
      type: "LoadBalancer",
      loadBalancerClass: "tailscale",
      // By default every node of the cluster answers for the Service, to clients outside the tailnet too.
      allocateLoadBalancerNodePorts: false,
      ports: servicePorts(service.ports),
      selector: service.selector,
    },
  };
}
