import { ApiError } from "../../../world/api.ts";
import type { World } from "../../../world/world.ts";
import {
  displayName,
  isNamespaced,
  keyOf,
  type KubernetesObject,
  namespaceKey,
  objectKey,
  objects,
  pluralOf,
} from "./objects.ts";

/**
 * Checks what the API server checks before it creates an object: name, namespace, definition, no object of that
 * name (Kubernetes, "Object Names and IDs", "Namespaces").
 *
 * @throws ApiError with the API server's message
 */
export function admit(world: World, object: KubernetesObject): void {
  const { metadata } = object;
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(metadata.name)) {
    throw new ApiError(
      422,
      `${displayName(object)} is invalid: metadata.name: not a lowercase RFC 1123 name`,
    );
  }
  requireNamespace(world, object);
  const present = objects(world).get(keyOf(object));
  if (present !== undefined) {
    const prefix = present.metadata.deletionTimestamp === undefined ? "" : "object is being deleted: ";
    throw new ApiError(409, `${prefix}${displayName(object)} already exists`);
  }
  requireDefinition(world, object);
}

/** @throws ApiError if the object's namespace is missing, or is being deleted and admits no change */
export function requireNamespace(world: World, object: KubernetesObject): void {
  if (!isNamespaced(object.kind)) return;
  const name = object.metadata.namespace ?? "default";
  const namespace = objects(world).get(namespaceKey(name));
  if (namespace === undefined) throw new ApiError(404, `namespaces "${name}" not found`);
  if (namespace.metadata.deletionTimestamp === undefined) return;
  throw new ApiError(
    403,
    `${displayName(object)} is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
  );
}

/** @throws ApiError for a custom resource whose definition is not installed */
function requireDefinition(world: World, { apiVersion, kind }: KubernetesObject): void {
  if (!apiVersion.startsWith("tailscale.com/")) return;
  const name = `${pluralOf(kind)}.tailscale.com`;
  if (!objects(world).has(objectKey("CustomResourceDefinition", undefined, name))) {
    throw new ApiError(404, `no matches for kind "${kind}" in version "${apiVersion}"`);
  }
}
