import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";

/** What the API server fills in of a Service. A new `clusterIP` would be a new Service. */
const FILLED_IN = [
  "spec.allocateLoadBalancerNodePorts",
  "spec.clusterIP",
  "spec.clusterIPs",
  "spec.externalTrafficPolicy",
  "spec.internalTrafficPolicy",
  "spec.ipFamilies",
  "spec.ipFamilyPolicy",
  "spec.ports[*].nodePort",
  "spec.sessionAffinity",
];

/**
 * Options of a legacy object, which somebody else may have made.
 *
 * The engine follows an import with an update to what the program says, and by default compares everything that
 * the API server has filled in too. With `adopt` the object is therefore taken exactly as it stands; once that
 * is taken out the program's own fields count, and others' stay theirs.
 *
 * @param id - `<namespace>/<name>`, for the import
 */
export function legacyOptions(
  parent: Resource,
  kind: "Ingress" | "Service",
  id: string,
  adopt: boolean,
): CustomResourceOptions {
  if (adopt) return { parent, import: id, ignoreChanges: ["metadata", "spec"] };
  return kind === "Service" ? { parent, ignoreChanges: FILLED_IN } : { parent };
}
