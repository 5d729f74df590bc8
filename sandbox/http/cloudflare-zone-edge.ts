import { type PageRule, type ZoneEdge, zoneEdge } from "../providers/cloudflare/zone-edge.ts";
import { zoneById } from "../providers/cloudflare/zones.ts";
import { apiCall, ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";
import type { ApiHandler } from "./api.ts";
import { envelope, page } from "./cloudflare-envelope.ts";
import { routes } from "./routes.ts";

/** Edge certificates, settings and Page Rules of a zone (Cloudflare API reference). They can be read only. */
export function zoneEdgeHandler(world: World): ApiHandler {
  const read = async <T>(path: string, zone: string, of: (edge: ZoneEdge) => T): Promise<T> =>
    await apiCall(world, `cloudflare GET /zones/{zone}/${path}`, () =>
      of(zoneEdge(world, zoneById(world, zone))),
    );
  return routes({
    "GET /zones/:zone/ssl/certificate_packs": async (request, { zone = "" }) => {
      const all = new URL(request.url).searchParams.get("status") === "all";
      const packs = await read("ssl/certificate_packs", zone, ({ certificates }) =>
        certificates.filter(({ status }) => all || status === "active"),
      );
      return page(
        request,
        packs.map((pack, index) => ({ id: `pack-${index}`, ...pack })),
        20,
      );
    },
    "GET /zones/:zone/settings/:setting": async (_, { zone = "", setting = "" }) => {
      const value = await read("settings/{setting}", zone, ({ ssl, alwaysUseHttps }) => {
        if (setting === "ssl") return ssl;
        if (setting === "always_use_https") return alwaysUseHttps;
        throw new ApiError(404, `404 Not Found: 1003 no setting ${setting}`);
      });
      return envelope({ id: setting, value, editable: true });
    },
    "GET /zones/:zone/pagerules": async (_, { zone = "" }) =>
      envelope((await read("pagerules", zone, ({ pageRules }) => pageRules)).map(describePageRule)),
  });
}

function describePageRule({ pattern, actions }: PageRule, index: number): object {
  const constraint = { operator: "matches", value: pattern };
  return { id: `page-rule-${index}`, targets: [{ target: "url", constraint }], actions, status: "active" };
}
