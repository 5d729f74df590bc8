import type { FoundObject } from "../../../providers/object-fields/find-object.ts";
import type { ConfigIssue } from "../../config-issue.ts";
import type { LegacyObject } from "../kinds/service-exposure.ts";
import type { StoredResources } from "../stored-resources.ts";

/**
 * What is known about a legacy object in phase `tailnet`.
 *
 * - `open`: it exists, and the stack does not delete it.
 * - `unchecked`: it could not be looked up.
 */
export type Leftover = "open" | "unchecked";

/** The identity of a legacy object, as a lookup needs it. */
export function legacyPlace({ type, manifest: { metadata } }: LegacyObject) {
  const apiVersion = type === "Service" ? "v1" : "networking.k8s.io/v1";
  return { apiVersion, kind: type, namespace: metadata.namespace, name: metadata.name };
}

/** Whether a lookup found an object that exposes a service. A Service of type ClusterIP exposes nothing. */
export function isExposing(found: FoundObject): boolean {
  return "exists" in found && found.exists === true && found.type !== "ClusterIP";
}

/**
 * Whether a stack's state has a legacy object. In phase `tailnet` no program declares it, so the `up` deletes it.
 *
 * The URN alone does not tell: it stays the same when the setting names another object.
 */
export function isStored(object: LegacyObject, resources: StoredResources): boolean {
  const { kind, namespace, name } = legacyPlace(object);
  return Object.entries(resources).some(([urn, { outputs }]) => {
    if (!new RegExp(`:${kind}::[^:]+-legacy$`).test(urn)) return false;
    const { metadata } = outputs as {
      readonly metadata?: { readonly namespace: string; readonly name: string };
    };
    return metadata?.namespace === namespace && metadata.name === name;
  });
}

/**
 * What to warn about.
 *
 * @param service - name of the private service
 */
export function openIssue(service: string, object: LegacyObject): ConfigIssue {
  const setting = object.type === "Service" ? "legacy.loadBalancer.adopt" : "legacy.ingress.adopt";
  return {
    path: `privateServices: ${service}: still open outside the tailnet`,
    found: `the ${placeText(object)}, which exists and is not managed by this stack`,
    allowed: "no legacy object in phase tailnet",
    fix: `delete it where it is defined; or set phase: coexist and ${setting}: true, run pulumi up, then set phase: tailnet`,
  };
}

/** @param failure - why the lookup failed */
export function uncheckedIssue(
  service: string,
  object: LegacyObject,
  failure: Omit<ConfigIssue, "path">,
): ConfigIssue {
  const path = `privateServices: ${service}: not checked whether the ${placeText(object)} still exists`;
  return { path, ...failure };
}

function placeText({ type, manifest: { metadata } }: LegacyObject): string {
  return `${type} ${metadata.namespace}/${metadata.name}`;
}
