import type { LiveMetadata } from "../live/kubernetes-client.ts";

/** Pulumi's own names as a manager: `pulumi-kubernetes`, with a suffix for some versions. */
const OWN_MANAGER = /^pulumi-kubernetes/;

/**
 * The other managers of a field (Kubernetes, "Server-Side Apply"). Pulumi applies with one manager and without force,
 * so a field of another manager with another value is a conflict.
 *
 * @param path - as of a difference: `spec.ports[0].name`
 */
export function managersOfField({ managedFields = [] }: LiveMetadata, path: string): readonly string[] {
  const keys = [...path.matchAll(/\["(.*?)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? name ?? Number(index),
  );
  return managedFields.flatMap(({ manager = "", fieldsV1 = {} }) =>
    !OWN_MANAGER.test(manager) && includes(fieldsV1 as Fields, keys) ? [manager] : [],
  );
}

interface Fields {
  readonly [key: string]: Fields;
}

/** Whether a set of fields has the one at a path, or a value that contains it. */
function includes(fields: Fields, [key, ...rest]: readonly (string | number)[]): boolean {
  if (key === undefined) return true;
  if (typeof key === "number") {
    // The set names list items by their keys. Which of them is at the index does not matter: the managers agree on it.
    return Object.entries(fields).some(([name, item]) => /^[kv]:/.test(name) && includes(item, rest));
  }
  const { [`f:${key}`]: field } = fields;
  if (field === undefined) return false;
  const isWhole = Object.keys(field).filter((name) => name !== ".").length === 0;
  return isWhole || includes(field, rest);
}
