import { exposedObjects } from "../control-plane/exposed-objects.ts";
import { servicesOf } from "../private-services/node-ports.ts";
import type { Target } from "../target/target.ts";

/** One verb on one resource, as RBAC grants it. */
export interface Permission {
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: "get" | "list";
  /** Undefined for objects of all namespaces. */
  readonly namespace?: string;
  /** Only these objects. RBAC cannot limit a list so. */
  readonly name?: string;
}

/** What the checks of a stack read in the cluster. */
export function kubernetesPermissions(target: Target): readonly Permission[] {
  const { operator, privateServices } = target.config;
  const { namespace } = operator;
  const services = privateServices
    .filter(({ phase }) => phase !== "legacy")
    .flatMap((service) => servicesOf(service).map((name) => ({ namespace: service.namespace, name })));
  return distinct([
    { apiGroup: "apps", resource: "deployments", verb: "get", namespace, name: "operator" },
    { apiGroup: "", resource: "pods", verb: "list", namespace },
    // Helm's records, and the certificates of the proxies. A list cannot be limited to them.
    { apiGroup: "", resource: "secrets", verb: "list", namespace },
    ...(operator.credential.kind === "federated"
      ? []
      : [{ apiGroup: "", resource: "secrets", verb: "get", namespace, name: operator.secretName } as const]),
    ...exposedObjects(target).map(({ kind, namespace: own, name }): Permission =>
      kind === "Ingress"
        ? { apiGroup: "networking.k8s.io", resource: "ingresses", verb: "get", namespace: own, name }
        : { apiGroup: "", resource: "services", verb: "get", namespace: own, name },
    ),
    ...services.map((service) => ({ apiGroup: "", resource: "services", verb: "get", ...service }) as const),
    ...["events", "services"].map((resource) => ({ apiGroup: "", resource, verb: "list" }) as const),
    { apiGroup: "networking.k8s.io", resource: "ingresses", verb: "list" },
    ...["proxyclasses", "proxygroups"].map(
      (resource) => ({ apiGroup: "tailscale.com", resource, verb: "list" }) as const,
    ),
  ]);
}

function distinct(permissions: readonly Permission[]): readonly Permission[] {
  return [...new Map(permissions.map((permission) => [JSON.stringify(permission), permission])).values()];
}
