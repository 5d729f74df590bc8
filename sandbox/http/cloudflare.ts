import { zones } from "../providers/cloudflare/zones.ts";
import { apiCall } from "../world/api.ts";
import type { World } from "../world/world.ts";
import { type ApiHandler, hasBearerToken, type HttpApi } from "./api.ts";
import { page, refusal } from "./cloudflare-envelope.ts";
import { routes } from "./routes.ts";

/** Cloudflare's API v4 (Cloudflare API reference). */
export const cloudflareApi: HttpApi = {
  handlers: [zonesHandler],
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
      const described = found.map(({ id, name, accountId, plan, status, type, paused }) => ({
        id,
        name,
        account: { id: accountId, name: "sandbox" },
        plan: { legacy_id: plan, name: plan },
        status: status ?? "active",
        type: type ?? "full",
        paused: paused ?? false,
      }));
      return page(request, described, 20);
    },
  });
}
