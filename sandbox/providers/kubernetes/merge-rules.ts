import { isRecord } from "../values.ts";

const POD = String.raw`\.spec\.template\.spec\.`;
const CONTAINER = String.raw`${POD}(?:containers|initContainers)\[[^\]]*\]\.`;

/** Lists of which the API server tells the items apart by these of their fields, each with its default. */
const KEYED_LISTS: readonly (readonly [RegExp, Readonly<Record<string, string | undefined>>])[] = [
  [/^\.spec\.ports$/, { port: undefined, protocol: "TCP" }],
  [new RegExp(`^${POD}(?:containers|initContainers|volumes)$`), { name: undefined }],
  [new RegExp(`^${CONTAINER}env$`), { name: undefined }],
  [new RegExp(`^${CONTAINER}ports$`), { containerPort: undefined, protocol: "TCP" }],
  [new RegExp(`^${CONTAINER}volumeMounts$`), { mountPath: undefined }],
];

/** Lists of texts of which each is a field of its own. */
const SETS = /^\.metadata\.finalizers$/;

/** Maps that are one value: whoever sets a key of one has all of it. */
const ATOMIC_MAPS = new RegExp(`^\\.spec\\.selector$|^${CONTAINER}env\\[[^\\]]*\\]\\.valueFrom\\.`);

/**
 * How the API server names the items of a list that it merges item by item, such as `[port=80,protocol="TCP"]`
 * (Kubernetes, "Server-Side Apply", merge strategy; `x-kubernetes-list-type` and `-list-map-keys` in its OpenAPI
 * document), for the kinds that the sandbox knows.
 *
 * @param path - as {@link pathText} writes it
 * @returns undefined if the list is one value
 */
export function itemNames(path: string): ((item: unknown) => string) | undefined {
  if (SETS.test(path)) return (item) => `[=${JSON.stringify(item)}]`;
  const keys = KEYED_LISTS.find(([list]) => list.test(path))?.[1];
  if (keys === undefined) return undefined;
  return (item) => {
    const fields = isRecord(item) ? item : {};
    const named = Object.entries(keys).map(([key, byDefault]) => {
      return `${key}=${JSON.stringify(fields[key] ?? byDefault)}`;
    });
    return `[${named.join(",")}]`;
  };
}

/** Whether the map at a path is one value (`x-kubernetes-map-type`). */
export function isAtomicMap(path: string): boolean {
  return ATOMIC_MAPS.test(path);
}
