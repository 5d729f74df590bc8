import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { FunctionModel, ResourceModel } from "../resource-model.ts";
import { migrate, requireClasses, requireUnbound, workerMigrations } from "./worker-migrations.ts";
import { RETRIES, zones } from "./zones.ts";

const migrationStep = {
  newClasses: z.array(z.string()).optional(),
  newSqliteClasses: z.array(z.string()).optional(),
  deletedClasses: z.array(z.string()).optional(),
  renamedClasses: z.array(z.strictObject({ from: z.string(), to: z.string() })).optional(),
};

const scriptInputs = z.strictObject({
  accountId: z.string(),
  scriptName: z.string().regex(/^[a-z0-9_-]{1,63}$/, "lowercase letters, digits, _ and -, 63 at most"),
  content: z.string().optional(),
  mainModule: z.string().optional(),
  files: z.record(z.string(), z.unknown()).optional(),
  compatibilityDate: z.string().optional(),
  compatibilityFlags: z.array(z.string()).optional(),
  bindings: z.array(z.looseObject({ name: z.string(), type: z.string() })).optional(),
  observability: z.unknown().optional(),
  migrations: z
    .strictObject({
      oldTag: z.string().optional(),
      newTag: z.string().optional(),
      steps: z.array(z.strictObject(migrationStep)).optional(),
      ...migrationStep,
    })
    .optional(),
});

export type WorkerScript = z.infer<typeof scriptInputs>;

/** Scripts by name. */
export function workerScripts(world: World): Table<WorkerScript> {
  return world.table("cloudflare.workerScripts");
}

/**
 * A Worker's script (Cloudflare API, "Workers Scripts"; terraform-provider-cloudflare, `cloudflare_workers_script`).
 * Create and update are the same PUT: an existing script of that name is replaced, whoever uploaded it. The provider
 * sends the migrations of the resource with every PUT.
 */
export function workersScriptModel(world: World): ResourceModel<WorkerScript> {
  const operation = "/accounts/{account}/workers/scripts/{script}";
  const put = async (script: WorkerScript) => {
    const write = () => {
      if (!zones(world).find(({ accountId }) => accountId === script.accountId)) {
        throw new ApiError(404, `404 Not Found: 7003 Could not route to /accounts/${script.accountId}`);
      }
      const migrated = migrate(world, script);
      requireClasses(world, script, migrated);
      workerMigrations(world).set(script.scriptName, migrated);
      workerScripts(world).set(script.scriptName, script);
    };
    await apiCall(world, `cloudflare PUT ${operation}`, write, RETRIES);
  };
  return {
    inputs: scriptInputs,
    replaces: ["accountId", "scriptName"],
    async create(script) {
      await put(script);
      return { id: script.scriptName, outputs: {} };
    },
    async read(id) {
      const scriptName = withoutScope(id);
      const read = () => workerScripts(world).get(scriptName);
      const found = await apiCall(world, `cloudflare GET ${operation}`, read, RETRIES);
      return found && { id: scriptName, inputs: found, outputs: {} };
    },
    async update(_id, script) {
      await put(script);
      return {};
    },
    async delete(id) {
      const remove = () => {
        requireUnbound(workerScripts(world), id);
        workerScripts(world).delete(id);
        workerMigrations(world).delete(id);
        // The workers.dev setting is a part of the script.
        world.table("cloudflare.workerSubdomains").delete(id);
      };
      await apiCall(world, `cloudflare DELETE ${operation}`, remove, RETRIES);
    },
  };
}

const listInputs = z.strictObject({ accountId: z.string() });

/** `getWorkersScripts`: the scripts of an account, as far as the product reads them. */
export function getWorkersScripts(world: World): FunctionModel<z.infer<typeof listInputs>> {
  return {
    inputs: listInputs,
    async invoke({ accountId }) {
      const list = () =>
        [...workerScripts(world)]
          .filter(([, script]) => script.accountId === accountId)
          .map(([id]) => ({ id, migrationTag: workerMigrations(world).get(id)?.tag ?? "" }));
      const results = await apiCall(
        world,
        "cloudflare GET /accounts/{account}/workers/scripts",
        list,
        RETRIES,
      );
      return { id: accountId, accountId, results };
    },
  };
}

const scriptLookup = z.strictObject({ accountId: z.string(), scriptName: z.string() });

/** `getWorkersScript`: the content of a script. */
export function getWorkersScript(world: World): FunctionModel<z.infer<typeof scriptLookup>> {
  return {
    inputs: scriptLookup,
    async invoke({ accountId, scriptName }) {
      const script = await apiCall(
        world,
        "cloudflare GET /accounts/{account}/workers/scripts/{script}",
        () => scriptContent(world, scriptName),
        RETRIES,
      );
      return { id: scriptName, accountId, scriptName, script };
    },
  };
}

/** @throws ApiError if there is no such script */
export function scriptContent(world: World, name: string): string {
  requireScript(world, name);
  return workerScripts(world).get(name)?.content ?? "";
}

/** @throws ApiError if there is no such script */
export function requireScript(world: World, name: string): void {
  if (!workerScripts(world).has(name)) {
    throw new ApiError(404, `404 Not Found: 10007 This Worker does not exist on your account: ${name}`);
  }
}

/** The ID without the account or zone that an import puts before it: `<account ID>/<script name>`. */
export function withoutScope(id: string): string {
  return id.split("/").at(-1) ?? id;
}
