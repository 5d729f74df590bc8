import { isRecord } from "../values.ts";

/**
 * Where a value stands in an object: keys, and for an item of a list that is kept by name the item's name.
 * All other lists are one value.
 */
export type FieldPath = readonly string[];

/** Lists whose items the API server tells apart by name (`x-kubernetes-list-map-keys`). */
const BY_NAME = ["containers", "env", "initContainers", "volumes"];

/** The paths of all values in a value. */
export function fieldPaths(value: unknown, path: FieldPath = []): FieldPath[] {
  const parts = partsOf(value, path);
  return parts === undefined ? [path] : parts.flatMap(([key, part]) => fieldPaths(part, [...path, key]));
}

/** What stands there; undefined if nothing does. */
export function fieldAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>(
    (part, key, depth) => partsOf(part, path.slice(0, depth))?.find(([name]) => name === key)?.[1],
    value,
  );
}

/** The same with another value there. */
export function withField(value: unknown, path: FieldPath, field: unknown, above: FieldPath = []): unknown {
  const [key, ...rest] = path;
  // An empty map says nothing of the keys that others have put into it.
  if (key === undefined) return isRecord(field) && isRecord(value) ? { ...value, ...field } : field;
  const parts = new Map(partsOf(value, above) ?? []);
  const part = withField(parts.get(key), rest, field, [...above, key]);
  parts.set(key, isListByName(above) && isRecord(part) ? { name: key, ...part } : part);
  return joined(parts, above);
}

/** The same without the value there, and without what is empty then. */
export function withoutField(value: unknown, path: FieldPath, above: FieldPath = []): unknown {
  const [key, ...rest] = path;
  const parts = new Map(partsOf(value, above) ?? []);
  if (key === undefined) return parts.size > 0 ? value : undefined;
  if (!parts.has(key)) return value;
  const part = withoutField(parts.get(key), rest, [...above, key]);
  if (part === undefined) parts.delete(key);
  else parts.set(key, part);
  return parts.size === 0 ? undefined : joined(parts, above);
}

/** The fields that one value has, with the values of another; without those that the other has not. */
export function likewise(fields: unknown, live: unknown): unknown {
  return fieldPaths(fields)
    .filter((path) => fieldAt(live, path) !== undefined)
    .reduce<unknown>((found, path) => withField(found, path, fieldAt(live, path)), {});
}

function partsOf(value: unknown, path: FieldPath): (readonly [string, unknown])[] | undefined {
  if (isListByName(path) && Array.isArray(value)) {
    return value.filter(isRecord).map((item) => [String(item["name"]), item]);
  }
  return isRecord(value) && Object.keys(value).length > 0 ? Object.entries(value) : undefined;
}

function joined(parts: ReadonlyMap<string, unknown>, path: FieldPath): unknown {
  return isListByName(path) ? [...parts.values()] : Object.fromEntries(parts);
}

function isListByName(path: FieldPath): boolean {
  return BY_NAME.includes(path.at(-1) ?? "");
}
