import type { ServiceFields, ServicePort } from "./service-fields.ts";

export interface ServiceManifest {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type: "LoadBalancer";
    readonly loadBalancerClass?: string;
    readonly ports: ServiceManifestPort[];
    readonly selector: Readonly<Record<string, string>>;
  };
}

interface ServiceManifestPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: "TCP";
  readonly targetPort: number | string;
}

export interface IngressManifest {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly ingressClassName: string;
    readonly tls: { readonly hosts: string[]; readonly secretName?: string }[];
    readonly defaultBackend?: IngressBackend;
    readonly rules?: { readonly host: string; readonly http: { readonly paths: IngressPath[] } }[];
  };
}

interface IngressPath {
  readonly path: string;
  readonly pathType: "Prefix";
  readonly backend: IngressBackend;
}

interface IngressBackend {
  readonly service: { readonly name: string; readonly port: { readonly number: number } };
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
export function servicePorts(ports: readonly ServicePort[]): ServiceManifestPort[] {
  return ports.map(({ port, targetPort }) => ({
    ...(ports.length > 1 && { name: `tcp-${port}` }),
    port,
    protocol: "TCP",
    targetPort,
  }));
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
