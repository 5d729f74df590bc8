import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { ResourceModel } from "../resource-model.ts";
import { requireScript, withoutScope } from "./worker-script.ts";
import { newId, RETRIES, zoneById } from "./zones.ts";

const subdomainInputs = z.strictObject({
  accountId: z.string(),
  scriptName: z.string(),
  enabled: z.boolean(),
  previewsEnabled: z.boolean().optional(),
});

const routeInputs = z.strictObject({
  zoneId: z.string(),
  pattern: z.string(),
  script: z.string().optional(),
});

export type WorkerSubdomain = z.infer<typeof subdomainInputs>;
export type WorkerRoute = z.infer<typeof routeInputs>;

/** workers.dev settings by the name of the script. */
export function workerSubdomains(world: World): Table<WorkerSubdomain> {
  return world.table("cloudflare.workerSubdomains");
}

/** IDs of accounts in which nobody has opened the Workers page yet, so that they have no workers.dev subdomain. */
export function accountsWithoutWorkersDev(world: World): Table<true> {
  return world.table("cloudflare.accountsWithoutWorkersDev");
}

/** Routes by ID. */
export function workerRoutes(world: World): Table<WorkerRoute> {
  return world.table("cloudflare.workerRoutes");
}

const NO_WORKERS_DEV =
  "409 Conflict: 10063 You need a workers.dev subdomain in order to proceed. Please go to the dashboard and open the Workers menu. Opening the Workers landing page for the first time will create a workers.dev subdomain automatically.";

/**
 * Whether a script is served on workers.dev. The setting needs the script and is deleted with it
 * (terraform-provider-cloudflare, `cloudflare_workers_script_subdomain`).
 */
export function workersScriptSubdomainModel(world: World): ResourceModel<WorkerSubdomain> {
  const operation = "/accounts/{account}/workers/scripts/{script}/subdomain";
  const post = async (wanted: WorkerSubdomain) => {
    const write = () => {
      requireScript(world, wanted.scriptName);
      if (accountsWithoutWorkersDev(world).has(wanted.accountId)) throw new ApiError(409, NO_WORKERS_DEV);
      workerSubdomains(world).set(wanted.scriptName, wanted);
    };
    await apiCall(world, `cloudflare POST ${operation}`, write, RETRIES);
  };
  return {
    inputs: subdomainInputs,
    replaces: ["accountId", "scriptName"],
    async create(wanted) {
      await post(wanted);
      return { id: wanted.scriptName, outputs: {} };
    },
    async read(id) {
      const scriptName = withoutScope(id);
      const read = () => workerSubdomains(world).get(scriptName);
      const found = await apiCall(world, `cloudflare GET ${operation}`, read, RETRIES);
      return found && { id: scriptName, inputs: found, outputs: {} };
    },
    async update(_id, wanted) {
      await post(wanted);
      return {};
    },
    async delete(id) {
      const remove = () => {
        workerSubdomains(world).delete(id);
      };
      await apiCall(world, `cloudflare DELETE ${operation}`, remove, RETRIES);
    },
  };
}

/** A route to a Worker (Cloudflare API, "Workers Routes"; terraform-provider-cloudflare, `cloudflare_workers_route`). */
export function workersRouteModel(world: World): ResourceModel<WorkerRoute> {
  return {
    inputs: routeInputs,
    replaces: ["zoneId"],
    async create(route) {
      const create = () => {
        validateRoute(world, route);
        const id = newId(world, "route");
        workerRoutes(world).set(id, route);
        return { id, outputs: {} };
      };
      return await apiCall(world, "cloudflare POST /zones/{zone}/workers/routes", create, RETRIES);
    },
    async read(id) {
      const routeId = withoutScope(id);
      const read = () => workerRoutes(world).get(routeId);
      const found = await apiCall(
        world,
        "cloudflare GET /zones/{zone}/workers/routes/{route}",
        read,
        RETRIES,
      );
      return found && { id: routeId, inputs: found, outputs: {} };
    },
    async update(id, route) {
      const update = () => {
        validateRoute(world, route, id);
        workerRoutes(world).set(id, route);
        return {};
      };
      return await apiCall(world, "cloudflare PUT /zones/{zone}/workers/routes/{route}", update, RETRIES);
    },
    async delete(id) {
      const remove = () => {
        workerRoutes(world).delete(id);
      };
      await apiCall(world, "cloudflare DELETE /zones/{zone}/workers/routes/{route}", remove, RETRIES);
    },
  };
}

/** @throws ApiError if the script is missing, the pattern is not of the zone, or another route has the pattern */
function validateRoute(world: World, { zoneId, pattern, script }: WorkerRoute, own?: string): void {
  const { name } = zoneById(world, zoneId);
  const host = pattern.replace(/^https?:\/\//, "").split("/")[0] ?? "";
  if (!`.${host.replace(/^\*/, "")}`.endsWith(`.${name}`)) {
    throw new ApiError(400, `400 Bad Request: 10022 route pattern ${pattern} is not of zone ${name}`);
  }
  for (const [id, other] of workerRoutes(world)) {
    if (id !== own && other.zoneId === zoneId && other.pattern === pattern) {
      throw new ApiError(409, "409 Conflict: 10020 A route with the same pattern already exists.");
    }
  }
  if (script !== undefined) requireScript(world, script);
}
