import { type DnsRecord, records } from "../providers/cloudflare/dns-record.ts";
import { scriptContent, workerScripts } from "../providers/cloudflare/worker-script.ts";
import { workerRoutes } from "../providers/cloudflare/worker.ts";
import { type Zone, zoneById, zones } from "../providers/cloudflare/zones.ts";
import { apiCall } from "../world/api.ts";
import type { World } from "../world/world.ts";
import { type ApiHandler, hasBearerToken, type HttpApi } from "./api.ts";
import { envelope, page, refusal } from "./cloudflare-envelope.ts";
import { rulesetsHandler } from "./cloudflare-rulesets.ts";
import { zoneEdgeHandler } from "./cloudflare-zone-edge.ts";
import { routes } from "./routes.ts";

/** Cloudflare's API v4 (Cloudflare API reference). */
export const cloudflareApi: HttpApi = {
  handlers: [zonesHandler, recordsHandler, workersHandler, rulesetsHandler, zoneEdgeHandler],
  isAuthorized: hasBearerToken,
  refusal,
};

function zonesHandler(world: World): ApiHandler {
  return routes({
    "GET /zones": async (request) => {
      const name = new URL(request.url).searchParams.get("name");
      const found = await apiCall(world, "cloudflare GET /zones", () =>
        zones(world)
          .values()
          .filter((zone) => name === null || zone.name === name),
      );
      return page(request, found.map(describeZone), 20);
    },
    "GET /zones/:zone": async (_, { zone = "" }) =>
      envelope(describeZone(await apiCall(world, "cloudflare GET /zones", () => zoneById(world, zone)))),
  });
}

function describeZone({ id, name, accountId, plan, status, type, paused }: Zone): object {
  return {
    id,
    name,
    account: { id: accountId, name: "sandbox" },
    plan: { legacy_id: plan, name: plan },
    status: status ?? "active",
    type: type ?? "full",
    paused: paused ?? false,
  };
}

function recordsHandler(world: World): ApiHandler {
  return routes({
    "GET /zones/:zone/dns_records": async (request, { zone = "" }) => {
      const { searchParams } = new URL(request.url);
      const name = searchParams.get("name.exact") ?? searchParams.get("name");
      const type = searchParams.get("type");
      const found = await apiCall(world, "cloudflare GET /zones/{zone}/dns_records", () =>
        [...records(world, zoneById(world, zone).id)].filter(
          ([, record]) =>
            (name === null || record.name === name.toLowerCase()) && (type === null || record.type === type),
        ),
      );
      const described = found.map(([id, record]) => describeRecord(id, record));
      return page(request, described, 100);
    },
  });
}

function describeRecord(id: string, { zoneId, ...record }: DnsRecord): object {
  const { proxied = false, tags = [], settings = {}, comment = null } = record;
  return { id, zone_id: zoneId, ...record, proxied, tags, settings, comment };
}

function workersHandler(world: World): ApiHandler {
  return routes({
    "GET /accounts/:account/workers/scripts": async (_, { account = "" }) => {
      const found = await apiCall(world, "cloudflare GET /accounts/{account}/workers/scripts", () =>
        [...workerScripts(world)].filter(([, { accountId }]) => accountId === account),
      );
      return envelope(found.map(([id]) => ({ id })));
    },
    "GET /accounts/:account/workers/scripts/:script/content/v2": async (_, { script = "" }) => {
      const operation = "cloudflare GET /accounts/{account}/workers/scripts/{script}/content/v2";
      return new Response(await apiCall(world, operation, () => scriptContent(world, script)));
    },
    "GET /zones/:zone/workers/routes": async (_, { zone = "" }) => {
      const found = await apiCall(world, "cloudflare GET /zones/{zone}/workers/routes", () =>
        [...workerRoutes(world)].filter(([, { zoneId }]) => zoneId === zoneById(world, zone).id),
      );
      return envelope(found.map(([id, { pattern, script }]) => ({ id, pattern, script })));
    },
  });
}
