import { backingFields } from "../../components/private-services/legacy/metallb.ts";
import { exposureOf, type PrivateService } from "../../components/private-services/private-service.ts";
import { privateServices } from "../../stacks/config/private-config.ts";
import type { PlainConfig } from "../../stacks/config/schema.ts";
import type { KubernetesObject } from "../providers/kubernetes/api-server/objects.ts";
import type { Workload } from "../providers/kubernetes/cluster.ts";
import { requestedAddress } from "../providers/kubernetes/metallb.ts";
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
    pods: services.flatMap(selectedPods),
    objects: [...services.flatMap(adoptedObjects), ...coreDns(config), ...homepage(config, services)],
    addressPool: addressPool(services),
  };
}

function backingServices(service: PrivateService): ExistingService[] {
  const { backing } = exposureOf(service);
  if (backing === undefined) return [];
  const existing = { namespace: service.namespace, name: backing.service, ports: backing.ports };
  if (backing.legacy === undefined) return [existing];
  const { metadata } = backingFields("legacy", backing.legacy);
  return [{ ...existing, type: "LoadBalancer", ...metadata }];
}

/** The pods that a tailnet Service selects by itself. */
function selectedPods(service: PrivateService): Workload[] {
  const { type, manifest } = exposureOf(service).tailnetObject;
  const labels = type === "Service" ? manifest.spec.selector : undefined;
  return labels ? [{ namespace: service.namespace, labels }] : [];
}

/** Existing legacy objects that the stack adopts, as the configuration describes them. */
function adoptedObjects(service: PrivateService): KubernetesObject[] {
  const { legacyObject } = exposureOf(service);
  if (!legacyObject?.adopt) return [];
  switch (legacyObject.type) {
    case "Service":
      return [{ apiVersion: "v1", kind: "Service", ...legacyObject.manifest }];
    case "Ingress":
      return [{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", ...legacyObject.manifest }];
  }
}

function coreDns({ clusterDns }: PlainConfig): KubernetesObject[] {
  if (clusterDns === undefined) return [];
  const metadata = { name: "coredns", namespace: "kube-system" };
  return [{ apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: COREFILE } }];
}

function homepage({ homepage }: PlainConfig, services: readonly PrivateService[]): KubernetesObject[] {
  const self = services.find(({ name }) => name === homepage?.service);
  if (homepage === undefined || self === undefined) return [];
  const { legacyHost = "localhost" } = exposureOf(self);
  // Its owner has entries of its own, before and after the one that the program changes.
  const env = [
    { name: "LOG_LEVEL", value: "info" },
    { name: "HOMEPAGE_ALLOWED_HOSTS", value: legacyHost },
    { name: "TZ", value: "Europe/Rome" },
  ];
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
    const { legacyObject, backing } = exposureOf(service);
    return requestedAddress(legacyObject?.manifest.metadata.annotations) ?? backing?.legacy?.address ?? [];
  });
  const network = address.slice(0, address.lastIndexOf("."));
  return `${network}.1-${network}.254`;
}
