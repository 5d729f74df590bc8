import { WorkersScript, type WorkersScriptArgs } from "@pulumi/cloudflare/workersScript.js";
import * as pulumi from "@pulumi/pulumi";
import { pendingMigrations, POOL_MIGRATIONS, type PoolMigration } from "./pool-migrations.ts";
import { nameIsFree } from "./worker-scripts.ts";

export interface WorkerPoolArgs {
  /** The script and its bindings, without migrations. */
  readonly script: WorkersScriptArgs;
  /** The migration tag of the live script; undefined if there is no such script. */
  readonly liveTag: string | undefined;
  /** What the upload of a change waits for. */
  readonly dependsOn?: readonly pulumi.Resource[];
  /** Default: those of the product. */
  readonly migrations?: readonly PoolMigration[];
}

/**
 * The script of the Durable Objects that keep connections to the origin. It is a script of its own, so that an upload of
 * the Worker does not restart the objects.
 *
 * Two resources upload it. The provider sends a script's migrations with every upload, and Cloudflare accepts each
 * migration once (10079). So one resource per migration tag uploads the script once, with the migrations, and never
 * again; the other uploads every change, without migrations, and deletes the script.
 */
export class WorkerPool extends pulumi.ComponentResource {
  readonly script: WorkersScript;

  constructor(
    name: string,
    { script, liveTag, dependsOn = [], migrations = POOL_MIGRATIONS }: WorkerPoolArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:edge:WorkerPool", name, {}, opts);

    const latest = migrations.at(-1)?.tag ?? "";
    const pending = pendingMigrations(migrations, liveTag);
    const migrated = new WorkersScript(
      `${name}-${latest}`,
      { ...script, ...(pending && { migrations: pending }) },
      {
        parent: this,
        retainOnDelete: true,
        ignoreChanges: [...Object.keys(script).filter((key) => !IDENTITY.has(key)), "migrations"],
        hooks: { beforeCreate: [nameIsFree(`${name}-name-is-free`)] },
      },
    );
    this.script = new WorkersScript(`${name}-script`, script, {
      parent: this,
      dependsOn: [...dependsOn, migrated],
    });
    this.registerOutputs();
  }
}

const IDENTITY: ReadonlySet<string> = new Set(["accountId", "scriptName"]);
