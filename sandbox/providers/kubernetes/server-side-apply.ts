import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import { type FieldPath, fieldAt, fieldPaths, merged, pathText, withoutFields } from "./field-path.ts";
import { requireValid } from "./kinds.ts";
import { asWritten, described, identityOf, keyOf, type KubernetesObject, objects } from "./objects.ts";

/** Paths of the fields that each manager of an object owns, as JSON, by the manager's name. */
export type Managers = Readonly<Record<string, readonly string[]>>;

/** Fields that somebody wrote before anybody applied any (Kubernetes, "Server-Side Apply", managers). */
const BEFORE = "before-first-apply";

/** What tells which object is meant is owned by nobody. */
const IDENTITY = [["apiVersion"], ["kind"], ["metadata", "name"], ["metadata", "namespace"]].map((path) =>
  JSON.stringify(path),
);

/** The managers of all objects of which fields were applied, by the object's key. */
export function managersOf(world: World): Table<Managers> {
  return world.table("kubernetes.managedFields");
}

/**
 * Applies some fields of an object, as the API server does for one manager (Kubernetes, "Server-Side Apply"):
 * a field that another owns with another value is a conflict, unless force takes it over; a field that the
 * manager applied before and does not any more goes, unless another owns it too. An object that is not there
 * is made of these fields alone.
 *
 * @throws ApiError 409 for the conflicts, naming the other managers, and 422 for what the object would be then;
 * either way nothing is changed
 */
export function apply(world: World, fields: KubernetesObject, manager: string, force: boolean): void {
  const key = keyOf(fields);
  const live = objects(world).get(key);
  const before = managersOf(world).get(key) ?? (live === undefined ? {} : { [BEFORE]: ownable(live) });
  const { [manager]: mine = [], ...others } = before;
  const wanted = ownable(fields);

  const conflicts = conflictsOf(fields, live, wanted, others);
  if (conflicts.size > 0 && !force) {
    throw new ApiError(409, conflictMessage(fields, manager, conflicts));
  }
  const taken = new Set([...conflicts.values()].flat());
  const left = Object.fromEntries(
    Object.entries(others).map(([name, paths]) => [name, paths.filter((path) => !taken.has(path))]),
  );
  const owned = new Set(Object.values(left).flat());
  const orphans = mine.filter((path) => !wanted.includes(path) && !owned.has(path));
  const kept = live && withoutFields(live, orphans.map(parsed));
  const object = merged(kept ?? identityOf(fields), asWritten(fields)) as KubernetesObject;
  requireValid(object);
  const owners = Object.entries({ ...left, [manager]: wanted }).filter(([, paths]) => paths.length > 0);
  managersOf(world).set(key, Object.fromEntries(owners));
  objects(world).set(key, object);
}

/** Keeps whose fields those of an object are that was just made. */
export function manage(world: World, object: KubernetesObject, manager: string): void {
  managersOf(world).set(keyOf(object), { [manager]: ownable(object) });
}

/** An object that is gone takes along what is known of its fields. */
export function forgetManagers(world: World, key: string): void {
  managersOf(world).delete(key);
}

function conflictsOf(
  fields: KubernetesObject,
  live: KubernetesObject | undefined,
  wanted: readonly string[],
  others: Managers,
): Map<string, string[]> {
  const changed = new Set(
    wanted
      .map(parsed)
      .flatMap((path) =>
        [
          ...emptyAbove(live, path),
          ...(isDeepStrictEqual(fieldAt(live, path), fieldAt(merged(live, fields), path)) ? [] : [path]),
        ].map((one) => JSON.stringify(one)),
      ),
  );
  const found = Object.entries(others).map(([name, paths]): [string, string[]] => [
    name,
    paths.filter((path) => changed.has(path)),
  ]);
  return new Map(found.filter(([, paths]) => paths.length > 0));
}

/** Maps that a field is the first in: who has applied one as empty owns it as that. */
function emptyAbove(live: KubernetesObject | undefined, path: FieldPath): FieldPath[] {
  const above = path.slice(0, -1).map((_key, depth) => path.slice(0, depth + 1));
  return above.filter((one) => isDeepStrictEqual(fieldAt(live, one) ?? {}, {}));
}

function conflictMessage(
  fields: KubernetesObject,
  manager: string,
  conflicts: ReadonlyMap<string, readonly string[]>,
): string {
  const list = [...conflicts].flatMap(([name, paths]) =>
    paths.map((path) => `conflict with "${name}": ${pathText(parsed(path))}`),
  );
  return [
    `The resource managed by field manager "${manager}" had an apply conflict: Apply failed on ${described(fields)} with ${list.length} conflict${list.length === 1 ? "" : "s"}:`,
    ...list,
  ].join("\n");
}

function ownable(object: KubernetesObject): string[] {
  return fieldPaths(asWritten(object))
    .map((path) => JSON.stringify(path))
    .filter((path) => !IDENTITY.includes(path));
}

function parsed(path: string): FieldPath {
  return JSON.parse(path) as FieldPath;
}
