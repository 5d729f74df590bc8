import type * as input from "@pulumi/kubernetes/types/input.js";
import type { Unwrap } from "@pulumi/pulumi";
import type { ServiceFields, ServicePort } from "./service-fields.ts";

/** Manifests have the provider's own fields, as plain values: Pulumi, the tests and the sandbox all read them. */
export interface ServiceManifest {
  readonly metadata: ObjectMeta;
  readonly spec: Unwrap<input.core.v1.ServiceSpec>;
}

export interface IngressManifest {
  readonly metadata: ObjectMeta;
  readonly spec: Unwrap<input.networking.v1.IngressSpec>;
}

/** Annotations for a Service that someone else creates. */
export interface AnnotationManifest {
  readonly metadata: ObjectMeta;
}

interface ObjectMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Builds a Service's ports. Kubernetes requires names if there are several ("Multi-port Services"). */
export function servicePorts(ports: readonly ServicePort[]): Unwrap<input.core.v1.ServicePort>[] {
  return ports.map(({ port, targetPort, protocol = "TCP" }) => ({
    ...(ports.length > 1 && { name: `${protocol.toLowerCase()}-${port}` }),
    port,
    protocol,
    targetPort,
  }));
}

/** Ports as an address shows them: `5432`, `53/udp`. */
export function portTexts(ports: readonly number[], udpPorts: readonly number[]): readonly string[] {
  return [...ports.map(String), ...udpPorts.map((port) => `${port}/udp`)];
}

/** Builds the annotations that configure the proxy, on whatever object exposes the service. */
export function proxyAnnotations(service: ServiceFields): Readonly<Record<string, string>> {
  const { tags, proxyClass, proxyGroup } = service;
  return {
    "tailscale.com/tags": tags.join(","),
    ...(proxyClass !== undefined && { "tailscale.com/proxy-class": proxyClass }),
    ...(proxyGroup !== undefined && { "tailscale.com/proxy-group": proxyGroup }),
  };
}
