import type { types } from "@pulumi/cloudflare";

/** One change of the Durable Object classes of the pool's script. Never change an entry: append one. */
export interface PoolMigration {
  readonly tag: string;
  readonly step: types.input.WorkersScriptMigrationsStep;
}

/** The class must be stored in SQLite: the Free plan has no other. */
export const POOL_MIGRATIONS: readonly PoolMigration[] = [
  { tag: "v1", step: { newSqliteClasses: ["OriginPool"] } },
];

/**
 * The migrations to send with an upload. Cloudflare refuses an upload whose `oldTag` is not the live script's tag
 * (10079), so they depend on that tag.
 *
 * @param liveTag - undefined if the script does not exist
 * @returns undefined if the live script has them all
 */
export function pendingMigrations(
  migrations: readonly PoolMigration[],
  liveTag: string | undefined,
): types.input.WorkersScriptMigrations | undefined {
  const done = migrations.findIndex(({ tag }) => tag === liveTag) + 1;
  const pending = migrations.slice(done);
  const newTag = pending.at(-1)?.tag;
  if (newTag === undefined) return undefined;
  return {
    ...(liveTag !== undefined && { oldTag: liveTag }),
    newTag,
    steps: pending.map(({ step }) => step),
  };
}
