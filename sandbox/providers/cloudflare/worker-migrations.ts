import { ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";

/** What an upload says about Durable Objects. */
interface Upload {
  readonly scriptName: string;
  readonly bindings?: readonly Readonly<Record<string, unknown>>[] | undefined;
  readonly migrations?: Migrations | undefined;
}

interface Migrations extends MigrationStep {
  readonly oldTag?: string | undefined;
  readonly newTag?: string | undefined;
  readonly steps?: readonly MigrationStep[] | undefined;
}

interface MigrationStep {
  readonly newClasses?: readonly string[] | undefined;
  readonly newSqliteClasses?: readonly string[] | undefined;
  readonly deletedClasses?: readonly string[] | undefined;
  readonly renamedClasses?: readonly { readonly from: string; readonly to: string }[] | undefined;
}

/** The Durable Objects of one script: its latest migration, and the classes that have objects. */
export interface MigratedScript {
  readonly tag: string | undefined;
  readonly classes: readonly string[];
}

/** Durable Objects by the name of the script. */
export function workerMigrations(world: World): Table<MigratedScript> {
  return world.table("cloudflare.workerMigrations");
}

/**
 * Applies the migrations of an upload (Cloudflare, "Durable Objects migrations").
 *
 * @throws ApiError if their old tag is not the live script's
 */
export function migrate(world: World, { scriptName, migrations }: Upload): MigratedScript {
  const live = workerMigrations(world).get(scriptName) ?? { tag: undefined, classes: [] };
  if (migrations === undefined) return live;
  if (migrations.oldTag !== live.tag) {
    throw new ApiError(412, "412 Precondition Failed: 10079 Actor migration tag precondition failed");
  }
  const classes = new Set(live.classes);
  for (const step of [migrations, ...(migrations.steps ?? [])]) {
    for (const name of [...(step.newClasses ?? []), ...(step.newSqliteClasses ?? [])]) classes.add(name);
    for (const { from, to } of step.renamedClasses ?? []) {
      classes.delete(from);
      classes.add(to);
    }
    for (const name of step.deletedClasses ?? []) classes.delete(name);
  }
  return { tag: migrations.newTag ?? live.tag, classes: [...classes] };
}

/** @throws ApiError if a binding names a class that no migration has created */
export function requireClasses(world: World, script: Upload, migrated: MigratedScript): void {
  for (const { className, scriptName } of objectBindings(script)) {
    const isOwn = scriptName === undefined || scriptName === script.scriptName;
    const { classes = [] } = (isOwn ? migrated : workerMigrations(world).get(scriptName)) ?? {};
    if (classes.includes(className)) continue;
    throw new ApiError(
      400,
      `400 Bad Request: 10061 Cannot create binding for class '${className}' that is not currently configured to implement Durable Objects.`,
    );
  }
}

/** @throws ApiError if another script has a binding to the Durable Objects of this one */
export function requireUnbound(scripts: Iterable<readonly [string, Upload]>, name: string): void {
  for (const [other, script] of scripts) {
    if (other === name || !objectBindings(script).some(({ scriptName }) => scriptName === name)) continue;
    throw new ApiError(
      400,
      "400 Bad Request: 10064 Cannot delete this Worker as it is still referenced by other Workers.",
    );
  }
}

function objectBindings({ bindings = [] }: Upload) {
  return bindings
    .filter(({ type }) => type === "durable_object_namespace")
    .map(({ className, scriptName }) => ({
      className: String(className),
      scriptName: typeof scriptName === "string" ? scriptName : undefined,
    }));
}
