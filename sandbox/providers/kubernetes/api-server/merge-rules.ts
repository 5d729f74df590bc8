import { isRecord } from "../../values.ts";

const POD = String.raw`\.spec\.template\.spec\.`;
const CONTAINER = String.raw`${POD}(?:containers|initContainers)\[[^\]]*\]\.`;

/** Lists whose items the API server identifies by some of their fields. Each field has its default here. */
const KEYED_LISTS: readonly (readonly [RegExp, Readonly<Record<string, string | undefined>>])[] = [
  [/^\.spec\.ports$/, { port: undefined, protocol: "TCP" }],
  [new RegExp(`^${POD}(?:containers|initContainers|volumes)$`), { name: undefined }],
  [new RegExp(`^${CONTAINER}env$`), { name: undefined }],
  [new RegExp(`^${CONTAINER}ports$`), { containerPort: undefined, protocol: "TCP" }],
  [new RegExp(`^${CONTAINER}volumeMounts$`), { mountPath: undefined }],
];

/** Lists of strings that are sets: each string is a field. */
const SETS = /^\.metadata\.finalizers$/;

/** Maps that are one value: who sets one key owns the whole map. */
const ATOMIC_MAPS = new RegExp(`^\\.spec\\.selector$|^${CONTAINER}env\\[[^\\]]*\\]\\.valueFrom\\.`);

/**
 * How the API server names the items of a list that it merges by item, such as `[port=80,protocol="TCP"]`. Covers
 * the kinds that the sandbox has (Kubernetes, "Server-Side Apply", merge strategy; `x-kubernetes-list-type` and
 * `x-kubernetes-list-map-keys` in the API server's OpenAPI document).
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
