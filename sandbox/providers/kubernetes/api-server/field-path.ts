import { isRecord } from "../../values.ts";
import { isAtomicMap, itemNames } from "./merge-rules.ts";

/**
 * Where a value is in an object: keys, and names of list items such as `[name="app"]`. A list whose items have no
 * names is one value.
 */
export type FieldPath = readonly string[];

/** The paths of all fields of a value. */
export function fieldPaths(value: unknown, path: FieldPath = []): FieldPath[] {
  const parts = partsOf(value, path);
  if (parts === undefined) return [path];
  return [...parts].flatMap(([key, part]) => fieldPaths(part, [...path, key]));
}

/** The value at a path; undefined if there is none. */
export function fieldAt(value: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((part, key, depth) => partsOf(part, path.slice(0, depth))?.get(key), value);
}

/** The value with the given fields added or changed. */
export function withFields(value: unknown, fields: unknown, path: FieldPath = []): unknown {
  const added = partsOf(fields, path);
  const parts = new Map(partsOf(value, path));
  // An empty map does not remove the keys of other managers.
  if (added === undefined) return parts.size > 0 && isRecord(fields) ? value : fields;
  for (const [key, field] of added) parts.set(key, withFields(parts.get(key), field, [...path, key]));
  return assemble(parts, path);
}

/**
 * The value without some fields, and without the maps and items that are empty then. Removes all fields at once:
 * without its name, an item could not be found again.
 */
export function withoutFields(value: unknown, removed: readonly FieldPath[], path: FieldPath = []): unknown {
  if (removed.length === 0) return value;
  const parts = partsOf(value, path);
  if (parts === undefined) return removed.some(({ length }) => length === path.length) ? undefined : value;
  const left = [...parts].flatMap(([key, part]): [string, unknown][] => {
    const inside = removed.filter((one) => one[path.length] === key);
    const rest = withoutFields(part, inside, [...path, key]);
    return rest === undefined ? [] : [[key, rest]];
  });
  return left.length === 0 ? undefined : assemble(new Map(left), path);
}

/** A path as the API server writes it: `.spec.ports[port=80,protocol="TCP"].name`. */
export function pathText(path: FieldPath): string {
  return path.map((key) => (key.startsWith("[") ? key : `.${key}`)).join("");
}

/** The parts of a value, by the next key of their paths; undefined if it is one value. */
function partsOf(value: unknown, path: FieldPath): ReadonlyMap<string, unknown> | undefined {
  const at = pathText(path);
  if (Array.isArray(value)) {
    const nameOf = itemNames(at);
    return nameOf && new Map(value.map((item: unknown) => [nameOf(item), item]));
  }
  if (!isRecord(value) || isAtomicMap(at)) return undefined;
  const entries = Object.entries(value);
  return entries.length > 0 ? new Map(entries) : undefined;
}

function assemble(parts: ReadonlyMap<string, unknown>, path: FieldPath): unknown {
  return itemNames(pathText(path)) ? [...parts.values()] : Object.fromEntries(parts);
}
