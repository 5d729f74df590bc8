/**
 * Where a service stands on its way to the tailnet. Each is one word away from the next, in both directions.
 *
 * - `legacy`: reached as it always was; nothing of it is in the tailnet.
 * - `coexist`: reached both ways, to try the new one.
 * - `tailnet`: reached by the tailnet alone.
 */
export type Phase = "legacy" | "coexist" | "tailnet";

/** A port of a Service that is made here, and the port of the pods behind it: number or name. */
export interface ServicePort {
  readonly port: number;
  readonly targetPort: number | string;
}

/** What an object that was there before has beside what its kind needs, so that it can be made again alike. */
interface LegacyObject {
  readonly annotations: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the object is there already, made by somebody else, and is to be taken over as it stands. */
  readonly adopt: boolean;
}

/** A Service of type LoadBalancer, of its own beside any other, that MetalLB gives an address. */
export interface LegacyLoadBalancer extends LegacyObject {
  /** The Service's name, in the namespace of what is exposed. */
  readonly service: string;
  readonly address: string;
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
}

/** An Ingress of Traefik. */
export interface LegacyIngress extends LegacyObject {
  /** The Ingress's name, in the namespace of what is exposed. */
  readonly name: string;
  readonly host: string;
  /** Secret of the TLS certificate, often a wildcard's. */
  readonly tlsSecret: string;
  /** As Traefik names them: `auth-oauth2-proxy@kubernetescrd`. */
  readonly middlewares: readonly string[];
  readonly entryPoints: readonly string[];
  readonly ingressClass: string;
}

/** The backing Service was a MetalLB LoadBalancer itself, and is one until the tailnet takes over. */
export interface LegacyBacking {
  /** Undefined where MetalLB chose it. */
  readonly address?: string | undefined;
}

interface PrivateServiceBase {
  /** What the stack calls it. Its resources keep their identity by it, whatever else changes. */
  readonly name: string;
  /** Name of its device in the tailnet: the first label of its ts.net name. */
  readonly hostname: string;
  readonly namespace: string;
  /** Tags of its device, `tag:` included; at least one. */
  readonly tags: readonly string[];
  /** Selectors of the policy's grammar that may reach it. */
  readonly allowFrom: readonly string[];
  readonly phase: Phase;
  /** A ProxyClass of the cluster, for its proxy's pod. */
  readonly proxyClass?: string | undefined;
  /** The ProxyGroup that serves it, for high availability; without one it has a proxy of its own. */
  readonly proxyGroup?: string | undefined;
}

/** Any TCP protocol: a Service of its own, which selects the pods. */
export interface LoadBalancerService extends PrivateServiceBase {
  readonly kind: "loadBalancer";
  readonly ports: readonly ServicePort[];
  readonly selector: Readonly<Record<string, string>>;
  readonly legacy?: { readonly loadBalancer: LegacyLoadBalancer } | undefined;
}

/** HTTPS on port 443, with a certificate of the ts.net name, in front of a Service that speaks HTTP. */
export interface IngressService extends PrivateServiceBase {
  readonly kind: "ingress";
  /** At 443 the proxy speaks TLS to it and takes any certificate; at any other port it speaks plain HTTP. */
  readonly backend: { readonly service: string; readonly port: number };
  readonly legacy?:
    | { readonly ingress?: LegacyIngress | undefined; readonly backing?: LegacyBacking | undefined }
    | undefined;
}

/** Every TCP port of a Service that is there already. */
export interface AnnotationService extends PrivateServiceBase {
  readonly kind: "annotation";
  readonly service: string;
  /** The Service's ports, as the policy has to know them. */
  readonly ports: readonly number[];
  readonly legacy?: { readonly backing: LegacyBacking } | undefined;
}

/** A service that is reached over the tailnet alone, or is on its way there. */
export type PrivateService = LoadBalancerService | IngressService | AnnotationService;

/** The TCP ports that a service answers on in the tailnet. */
export function tailnetPorts(service: PrivateService): readonly number[] {
  switch (service.kind) {
    case "loadBalancer":
      return service.ports.map(({ port }) => port);
    case "ingress":
      // A tailnet Ingress speaks TLS on 443 and nothing else.
      return [443];
    case "annotation":
      return service.ports;
  }
}

/** The Service behind an exposure that somebody else makes; a `loadBalancer` selects pods and has none. */
export function backingService(service: PrivateService): string | undefined {
  switch (service.kind) {
    case "loadBalancer":
      return undefined;
    case "ingress":
      return service.backend.service;
    case "annotation":
      return service.service;
  }
}
