import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../../../world/api.ts";
import type { Table } from "../../../world/table.ts";
import type { World } from "../../../world/world.ts";
import { fieldAt, type FieldPath, fieldPaths, pathText, withFields, withoutFields } from "./field-path.ts";
import { requireValid } from "./kinds.ts";
import { withNodePorts } from "./node-ports.ts";
import { identityOf, keyOf, type KubernetesObject, manifestOf, objects } from "./objects.ts";

/** Paths of the fields that each manager of an object owns, as JSON texts, by the manager's name. */
export type Managers = Readonly<Record<string, readonly string[]>>;

/** Manager of the fields that were written before the first apply (Kubernetes, "Server-Side Apply", managers). */
const BEFORE_FIRST_APPLY = "before-first-apply";

/** Fields that identify the object. Nobody owns them. */
const IDENTITY = [["apiVersion"], ["kind"], ["metadata", "name"], ["metadata", "namespace"]].map((path) =>
  JSON.stringify(path),
);

/** Managers of the objects that were applied, by the object's key. */
export function managersOf(world: World): Table<Managers> {
  return world.table("kubernetes.managedFields");
}

/**
 * Applies fields of an object for one manager (Kubernetes, "Server-Side Apply"; tests/apiserver compares the model
 * with a real API server):
 *
 * - A field that another manager owns with another value is a conflict. `force` takes it over.
 * - A field that the manager applied before and omits now is removed, unless another manager owns it too.
 * - A missing object is created with these fields alone.
 *
 * @throws ApiError 409 with all conflicts and their managers, or 422 if the object would be invalid; nothing is
 * changed then
 */
export function apply(world: World, fields: KubernetesObject, manager: string, force: boolean): void {
  const key = keyOf(fields);
  const live = objects(world).get(key);
  const before = live === undefined ? {} : managersOfObject(world, live);
  const { [manager]: mine = [], ...others } = before;
  const wanted = ownablePaths(fields);

  const conflicts = conflictsOf(fields, live, wanted, others);
  if (conflicts.size > 0 && !force) {
    throw new ApiError(409, conflictMessage(conflicts));
  }
  const taken = new Set([...conflicts.values()].flat());
  const left = Object.fromEntries(
    Object.entries(others).map(([name, paths]) => [name, paths.filter((path) => !taken.has(path))]),
  );
  const owned = new Set(Object.values(left).flat());
  const orphans = mine.filter((path) => !wanted.includes(path) && !owned.has(path));
  const kept = live && withoutFields(live, orphans.map(parsePath));
  const merged = withFields(kept ?? identityOf(fields), manifestOf(fields)) as KubernetesObject;
  const object = withNodePorts(world, merged);
  requireValid(object);
  const owners = Object.entries({ ...left, [manager]: wanted }).filter(([, paths]) => paths.length > 0);
  managersOf(world).set(key, Object.fromEntries(owners));
  objects(world).set(key, object);
}

/** Records the manager of an object that was just created: it owns all fields. */
export function recordManager(world: World, object: KubernetesObject, manager: string): void {
  managersOf(world).set(keyOf(object), { [manager]: ownablePaths(object) });
}

/** The managers of an object's fields. Fields that nobody has applied belong to who created the object. */
export function managersOfObject(world: World, object: KubernetesObject): Managers {
  return managersOf(world).get(keyOf(object)) ?? { [BEFORE_FIRST_APPLY]: ownablePaths(object) };
}

export function forgetManagers(world: World, key: string): void {
  managersOf(world).delete(key);
}

function conflictsOf(
  fields: KubernetesObject,
  live: KubernetesObject | undefined,
  wanted: readonly string[],
  others: Managers,
): Map<string, string[]> {
  const applied = withFields(live, fields);
  const changed = new Set(
    wanted.map(parsePath).flatMap((path) => {
      const isChanged = !isDeepStrictEqual(fieldAt(live, path), fieldAt(applied, path));
      const conflicting = [...emptyParents(live, path), ...(isChanged ? [path] : [])];
      return conflicting.map((one) => JSON.stringify(one));
    }),
  );
  const found = Object.entries(others).map(([name, paths]): [string, string[]] => [
    name,
    paths.filter((path) => changed.has(path)),
  ]);
  return new Map(found.filter(([, paths]) => paths.length > 0));
}

/** Maps above a field that are empty so far. Who applied one as empty owns it, so its first field is a conflict. */
function emptyParents(live: KubernetesObject | undefined, path: FieldPath): FieldPath[] {
  const above = path.slice(0, -1).map((_key, depth) => path.slice(0, depth + 1));
  return above.filter((one) => isDeepStrictEqual(fieldAt(live, one) ?? {}, {}));
}

/** The server's text (k8s.io/apimachinery, `managedfields/internal/fieldmanager.go`, `getConflictMessage`). */
function conflictMessage(conflicts: ReadonlyMap<string, readonly string[]>): string {
  const found = [...conflicts].map(([manager, paths]) => ({
    manager: JSON.stringify(manager),
    paths: paths.map((path) => pathText(parsePath(path))),
  }));
  const count = found.reduce((sum, { paths }) => sum + paths.length, 0);
  if (count === 1) {
    const lines = found.map(({ manager, paths }) => `conflict with ${manager}: ${paths.join()}`);
    return `Apply failed with 1 conflict: ${lines.join()}`;
  }
  const lines = found.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return `Apply failed with ${count} conflicts: ${lines.join("\n")}`;
}

function ownablePaths(object: KubernetesObject): string[] {
  return fieldPaths(manifestOf(object))
    .map((path) => JSON.stringify(path))
    .filter((path) => !IDENTITY.includes(path));
}

function parsePath(path: string): FieldPath {
  return JSON.parse(path) as FieldPath;
}
