import { legacyServiceManifest } from "../../components/private-services/legacy/metallb.ts";
import { legacyIngressManifest } from "../../components/private-services/legacy/traefik.ts";
import type { PrivateService } from "../../components/private-services/private-service.ts";
import { privateServices } from "../../stacks/config/private-config.ts";
import type { PlainConfig } from "../../stacks/config/schema.ts";
import type { KubernetesObject } from "../providers/kubernetes/api-server/objects.ts";
import type { ExistingService, Prerequisites } from "./seed.ts";

/** A minimal Corefile in the form that cluster installers write. */
const COREFILE = ".:53 {\n    errors\n    forward . /etc/resolv.conf\n    cache 30\n}\n";

type PrivatePrerequisites = Required<Pick<Prerequisites, "services" | "pods" | "objects" | "addressPool">>;

/**
 * Derives what a stack's private services, cluster DNS and Homepage take for granted in its cluster: MetalLB, the
 * applications with their pods and Services, the legacy objects to adopt, CoreDNS and Homepage.
 */
export function privatePrerequisites(config: PlainConfig): PrivatePrerequisites {
  const services = privateServices(config);
  return {
    services: services.flatMap(backingServices),
    pods: services.flatMap((service) =>
      service.kind === "loadBalancer" ? [{ namespace: service.namespace, labels: service.selector }] : [],
    ),
    objects: [...services.flatMap(adoptedObjects), ...coreDns(config), ...homepage(config, services)],
    addressPool: addressPool(services),
  };
}

function backingServices(service: PrivateService): ExistingService[] {
  if (service.kind === "loadBalancer") return [];
  const { namespace, legacy } = service;
  const [name, ports] =
    service.kind === "ingress"
      ? [service.backend.service, [service.backend.port]]
      : [service.service, service.ports];
  if (legacy?.backing === undefined) return [{ namespace, name, ports }];
  return [{ namespace, name, ports, type: "LoadBalancer", address: legacy.backing.address }];
}

/** Existing legacy objects that the stack adopts, as the configuration describes them. */
function adoptedObjects(service: PrivateService): KubernetesObject[] {
  const { kind, namespace, legacy } = service;
  if (kind === "loadBalancer" && legacy?.loadBalancer.adopt) {
    return [{ apiVersion: "v1", kind: "Service", ...legacyServiceManifest(namespace, legacy.loadBalancer) }];
  }
  if (kind === "ingress" && legacy?.ingress?.adopt) {
    const manifest = legacyIngressManifest(namespace, legacy.ingress, service.backend);
    return [{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", ...manifest }];
  }
  return [];
}

function coreDns({ clusterDns }: PlainConfig): KubernetesObject[] {
  if (clusterDns === undefined) return [];
  const metadata = { name: "coredns", namespace: "kube-system" };
  return [{ apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: COREFILE } }];
}

function homepage({ homepage }: PlainConfig, services: readonly PrivateService[]): KubernetesObject[] {
  const self = services.find(({ name }) => name === homepage?.service);
  if (homepage === undefined || self === undefined) return [];
  const legacyHost = self.kind === "ingress" ? self.legacy?.ingress?.host : undefined;
  const env = [{ name: "HOMEPAGE_ALLOWED_HOSTS", value: legacyHost ?? "localhost" }];
  const container = { name: homepage.container, image: "ghcr.io/gethomepage/homepage:v1.4.0", env };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: homepage.deployment, namespace: self.namespace },
      spec: { template: { spec: { containers: [container] } } },
    },
  ];
}

/** The /24 network of the first address in the configuration. */
function addressPool(services: readonly PrivateService[]): string {
  const [address = "192.168.1.240"] = services.flatMap((service) => {
    const legacy = service.kind === "loadBalancer" ? service.legacy?.loadBalancer : service.legacy?.backing;
    return legacy?.address ?? [];
  });
  const network = address.slice(0, address.lastIndexOf("."));
  return `${network}.1-${network}.254`;
}
