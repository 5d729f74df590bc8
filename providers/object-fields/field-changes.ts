import { isDeepStrictEqual } from "node:util";

/**
 * The fields of an object that one manager owns, as `metadata.managedFields` lists them (Kubernetes, "Server-Side
 * Apply"; structured-merge-diff, `fieldpath/serialize.go`): `f:` and a key, `k:` and the keys of a list item, `v:` and
 * the value of a set's item. A field without parts is one value.
 */
export interface OwnedFields {
  readonly [field: string]: OwnedFields;
}

/** How one field differs. `path` is in Pulumi's syntax: `fields.metadata.annotations["tailscale.com/expose"]`. */
export interface FieldChange {
  readonly path: string;
  readonly kind: "ADD" | "DELETE" | "UPDATE";
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Finds what an apply would change: fields with another value, fields that the manager does not own (any more), and
 * fields that it owns and must give up. Fields of others do not count, and neither does their place in a list.
 *
 * @param wanted - the fields to apply
 * @param live - the object, or the part of it at `path`
 * @param owned - undefined if the manager owns nothing there
 */
export function fieldChanges(
  wanted: unknown,
  live: unknown,
  owned: OwnedFields | undefined,
  path = "fields",
): readonly FieldChange[] {
  if (owned === undefined) return leaves(wanted, path).map((leaf) => ({ path: leaf, kind: "ADD" }));
  const names = Object.keys(owned).filter((name) => name !== ".");
  if (names.length > 0 && Array.isArray(wanted)) return itemChanges(wanted, live, owned, path);
  if (names.length > 0 && isRecord(wanted)) return keyChanges(wanted, live, owned, path);
  return isDeepStrictEqual(wanted, live) ? [] : [{ path, kind: "UPDATE" }];
}

/** The paths of fields that the manager does not own, down to single values and the items of lists. */
function leaves(wanted: unknown, path: string): readonly string[] {
  const isFilled = isRecord(wanted) && Object.keys(wanted).length > 0;
  if (isFilled) return Object.entries(wanted).flatMap(([key, value]) => leaves(value, pathTo(path, key)));
  if (Array.isArray(wanted) && wanted.some(isRecord)) return wanted.map((_, index) => `${path}[${index}]`);
  return [path];
}

function keyChanges(wanted: Fields, live: unknown, owned: OwnedFields, path: string): readonly FieldChange[] {
  const there = isRecord(live) ? live : {};
  const given = Object.entries(wanted).flatMap(([key, value]) =>
    fieldChanges(value, there[key], owned[`f:${key}`], pathTo(path, key)),
  );
  const dropped = Object.keys(owned).filter((name) => name.startsWith("f:") && !(name.slice(2) in wanted));
  return [
    ...given,
    ...dropped.map((name): FieldChange => ({ path: pathTo(path, name.slice(2)), kind: "DELETE" })),
  ];
}

function itemChanges(
  wanted: readonly unknown[],
  live: unknown,
  owned: OwnedFields,
  path: string,
): readonly FieldChange[] {
  const there: readonly unknown[] = Array.isArray(live) ? live : [];
  const left = new Set(Object.keys(owned).filter((name) => name !== "."));
  const given = wanted.flatMap((item, index) => {
    const name = [...left].find((one) => identifies(one, item));
    const place = `${path}[${index}]`;
    if (name === undefined) return [{ path: place, kind: "ADD" } as const];
    left.delete(name);
    const found = there.find((one) => identifies(name, one));
    return fieldChanges(item, found, owned[name], place);
  });
  return [...given, ...(left.size > 0 ? [{ path, kind: "UPDATE" } as const] : [])];
}

/** Whether a list item has the keys, or is the value, that a field's name has. A key that it leaves out is a default. */
function identifies(name: string, item: unknown): boolean {
  const identity: unknown = JSON.parse(name.slice(2));
  if (name.startsWith("v:")) return isDeepStrictEqual(identity, item);
  if (!isRecord(identity) || !isRecord(item)) return false;
  return Object.entries(identity).every(([key, value]) => item[key] === undefined || item[key] === value);
}

function pathTo(path: string, key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
