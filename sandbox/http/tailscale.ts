import { createHash } from "node:crypto";
import { tailnet } from "../providers/tailscale/tailnet.ts";
import { apiCall } from "../world/api.ts";
import type { World } from "../world/world.ts";
import { API_TOKEN, type ApiHandler, hasBearerToken, type HttpApi } from "./api.ts";
import { routes } from "./routes.ts";

/** Tailscale's API v2 (Tailscale API reference; `tailscale.com/client/tailscale/v2`). */
export const tailscaleApi: HttpApi = {
  handlers: [policyHandler],
  isAuthorized: (request) => hasBearerToken(request) || hasApiKey(request),
  refusal: (status, message) => Response.json({ message }, { status }),
};

/** The API takes an API key as the user name of basic authentication. */
function hasApiKey(request: Request): boolean {
  const expected = Buffer.from(`${API_TOKEN}:`).toString("base64");
  return request.headers.get("authorization") === `Basic ${expected}`;
}

function policyHandler(world: World): ApiHandler {
  return routes({
    "GET /api/v2/tailnet/:tailnet/acl": async () => {
      const { policy, etag } = await apiCall(world, "tailscale GET /tailnet/{tailnet}/acl", () =>
        readPolicy(world),
      );
      return new Response(policy, { headers: { "content-type": "application/hujson", etag: `"${etag}"` } });
    },
  });
}

function readPolicy(world: World): { readonly policy: string; readonly etag: string } {
  const { policy, policyIsDefault } = tailnet(world);
  return { policy, etag: policyIsDefault ? "ts-default" : createHash("sha256").update(policy).digest("hex") };
}
