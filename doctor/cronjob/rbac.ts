import type { Permission } from "./permissions.ts";

/** A rule of a Role or ClusterRole. */
interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** The ServiceAccount that gets the permissions, and the name of its roles. */
export interface Subject {
  readonly name: string;
  readonly namespace: string;
}

/** A ClusterRole for what is read in all namespaces, a Role for each other namespace, and their bindings. */
export function rbacManifests(permissions: readonly Permission[], subject: Subject): readonly object[] {
  const byNamespace = Map.groupBy(permissions, ({ namespace }) => namespace);
  return [...byNamespace].flatMap(([namespace, own]) => {
    const kind = namespace === undefined ? "ClusterRole" : "Role";
    const metadata = { name: subject.name, ...(namespace !== undefined && { namespace }) };
    const apiVersion = "rbac.authorization.k8s.io/v1";
    return [
      { apiVersion, kind, metadata, rules: own.map(ruleOf) },
      {
        ...{ apiVersion, kind: `${kind}Binding`, metadata },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: subject.name },
        subjects: [{ kind: "ServiceAccount", ...subject }],
      },
    ];
  });
}

function ruleOf({ apiGroup, resource, verb, name }: Permission): PolicyRule {
  return {
    apiGroups: [apiGroup],
    resources: [resource],
    verbs: [verb],
    ...(name !== undefined && { resourceNames: [name] }),
  };
}
