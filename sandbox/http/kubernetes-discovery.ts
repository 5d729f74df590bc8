import { isNamespaced, objectKey, objects, pluralOf } from "../providers/kubernetes/api-server/objects.ts";
import type { World } from "../world/world.ts";

export interface ServedKind {
  readonly apiVersion: string;
  readonly kind: string;
  /** Whether it is none of a CustomResourceDefinition. */
  readonly builtIn: boolean;
}

/** The kinds of a Kubernetes cluster that the models know, by API version. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  v1: ["ConfigMap", "Event", "Namespace", "Pod", "Secret", "Service", "ServiceAccount"],
  "apiextensions.k8s.io/v1": ["CustomResourceDefinition"],
  "apps/v1": ["Deployment", "StatefulSet"],
  "networking.k8s.io/v1": ["Ingress", "IngressClass"],
  "scheduling.k8s.io/v1": ["PriorityClass"],
};

const TAILSCALE = "tailscale.com/v1alpha1";
const TAILSCALE_KINDS = ["Connector", "DNSConfig", "ProxyClass", "ProxyGroup", "Tailnet"];

/** The kinds that the API server serves: built-in ones, those of installed CRDs, and those of other existing objects. */
function servedKinds(world: World): ServedKind[] {
  const builtIn = Object.entries(BUILT_IN).flatMap(([apiVersion, kinds]) =>
    kinds.map((kind) => ({ apiVersion, kind, builtIn: true })),
  );
  const defined = TAILSCALE_KINDS.filter((kind) => {
    const name = `${pluralOf(kind)}.tailscale.com`;
    return objects(world).has(objectKey("CustomResourceDefinition", undefined, name));
  }).map((kind) => ({ apiVersion: TAILSCALE, kind, builtIn: false }));
  const others = new Map(
    objects(world)
      .values()
      .filter(({ apiVersion, kind }) => apiVersion !== TAILSCALE && !BUILT_IN[apiVersion]?.includes(kind))
      .map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind, builtIn: false }]),
  );
  return [...builtIn, ...defined, ...others.values()];
}

export function kindOfPlural(world: World, apiVersion: string, plural: string): ServedKind | undefined {
  return servedKinds(world).find((one) => one.apiVersion === apiVersion && pluralOf(one.kind) === plural);
}

/** The resources of `/api/v1` or `/apis/<group>/<version>`; none if the server does not serve it. */
export function apiResources(world: World, groupVersion: string): readonly object[] {
  return servedKinds(world)
    .filter(({ apiVersion }) => apiVersion === groupVersion)
    .map(({ kind }) => ({
      name: pluralOf(kind),
      singularName: kind.toLowerCase(),
      namespaced: isNamespaced(kind),
      kind,
      verbs: ["get", "list"],
    }));
}

/** The answer of `/apis`. */
export function apiGroups(world: World): object {
  const versions = new Set(
    servedKinds(world)
      .map(({ apiVersion }) => apiVersion)
      .filter((apiVersion) => apiVersion.includes("/")),
  );
  const groups = [...versions].map((groupVersion) => {
    const [name, version] = groupVersion.split("/");
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
  });
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}
