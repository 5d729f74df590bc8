import type { CustomResourceOptions, Resource } from "@pulumi/pulumi";
import type { LegacyObject } from "../kinds/service-exposure.ts";

/** Fields that the API server sets on a Service. A different `clusterIP` would replace the Service. */
const SERVER_SET_FIELDS = [
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
 * Returns the options for a legacy object that someone else may have created.
 *
 * After an import the engine updates the object to what the program declares, and by default compares the
 * fields that the API server has set too. So `adopt` imports the object without changing any field. Once
 * `adopt` is removed, the declared fields apply, and fields that others own stay theirs.
 *
 * `deletedWith` keeps the object in the cluster when the whole component is deleted, as by `pulumi destroy`: in phase
 * `legacy` it is the only route to the service. A move to phase `tailnet` deletes the object alone, so it does delete it.
 */
export function legacyOptions(
  parent: Resource,
  { type, manifest: { metadata }, adopt }: LegacyObject,
): CustomResourceOptions {
  const options = { parent, deletedWith: parent };
  if (adopt) {
    const id = `${metadata.namespace}/${metadata.name}`;
    return { ...options, import: id, ignoreChanges: ["metadata", "spec"] };
  }
  return type === "Service" ? { ...options, ignoreChanges: SERVER_SET_FIELDS } : options;
}
