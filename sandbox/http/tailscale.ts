import { createHash } from "node:crypto";
import { operatorPods } from "../providers/kubernetes/operator/operator-pod.ts";
import {
  type Credential,
  credentials,
  devices,
  isAccepted,
  secretHash,
  tailnet,
} from "../providers/tailscale/tailnet.ts";
import { vipServices } from "../providers/tailscale/vip-services.ts";
import { API_TOKEN } from "../world/api-token.ts";
import { apiCall, ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";
import type { ApiHandler, HttpApi } from "./api.ts";
import { operatorState } from "./kubernetes-proxies.ts";
import { routes } from "./routes.ts";

/** Tailscale's API v2 (Tailscale API reference; `tailscale.com/client/tailscale/v2`). */
export const tailscaleApi: HttpApi = {
  handlers: [tokenHandler, tailnetHandler],
  isAuthorized: (request, world) =>
    request.url.includes("/oauth/token") || hasApiKey(request) || oauthClientOf(request, world) !== undefined,
  refusal: (status, message) => Response.json({ message }, { status }),
};

/** The API takes an API key as a bearer token, or as the user name of basic authentication. */
function hasApiKey(request: Request): boolean {
  const basic = Buffer.from(`${API_TOKEN}:`).toString("base64");
  return [`Bearer ${API_TOKEN}`, `Basic ${basic}`].includes(request.headers.get("authorization") ?? "");
}

/** Start of the access tokens that the sandbox returns for OAuth clients. The client's ID follows. */
const ACCESS_TOKEN = "tskey-access-";

function oauthClientOf(request: Request, world: World): Credential | undefined {
  const [, id = ""] = (request.headers.get("authorization") ?? "").split(`Bearer ${ACCESS_TOKEN}`);
  return credentials(world).get(id);
}

/** @throws ApiError 403 for an OAuth client without the scope; the scope without `:read` is enough */
function requireScope(request: Request, world: World, scope: string): void {
  const client = oauthClientOf(request, world);
  if (client === undefined) return;
  const enough = ["all", scope, scope.replace(/:read$/, "")];
  if (client.scopes.some((one) => enough.includes(one))) return;
  throw new ApiError(403, "calling actor does not have enough permissions to perform this function");
}

function tokenHandler(world: World): ApiHandler {
  return routes({
    "POST /api/v2/oauth/token": async (request) => {
      const form = new URLSearchParams(await request.text());
      const client = await apiCall(world, "tailscale POST /oauth/token", () => {
        const found = credentials(world).get(form.get("client_id") ?? "");
        const isOwn = found?.secretHash === secretHash(form.get("client_secret") ?? "");
        if (found && isOwn && isAccepted(found)) return found;
        throw new ApiError(401, "API token invalid");
      });
      const token = { access_token: `${ACCESS_TOKEN}${client.id}`, token_type: "Bearer", expires_in: 3600 };
      return Response.json({ ...token, scope: client.scopes.join(" ") });
    },
  });
}

function tailnetHandler(world: World): ApiHandler {
  const get = async <T>(request: Request, path: string, scope: string, read: () => T) =>
    await apiCall(world, `tailscale GET /tailnet/{tailnet}/${path}`, () => {
      requireScope(request, world, scope);
      return read();
    });
  const at = (path: string) => `GET /api/v2/tailnet/:tailnet/${path}`;
  return routes({
    [at("acl")]: async (request) => {
      const { policy, policyIsDefault } = await get(request, "acl", "policy_file:read", () => tailnet(world));
      const etag = policyIsDefault ? "ts-default" : createHash("sha256").update(policy).digest("hex");
      return new Response(policy, { headers: { "content-type": "application/hujson", etag: `"${etag}"` } });
    },
    [at("devices")]: async (request) =>
      Response.json({
        devices: await get(request, "devices", "devices:core:read", () =>
          [...devices(world)].map(describeDevice),
        ),
      }),
    // Without all, the API lists the caller's own auth keys. They are used once, and so leave nothing to list.
    [at("keys")]: async (request) => {
      const all = new URL(request.url).searchParams.get("all") === "true";
      const scope = all ? "oauth_keys:read" : "auth_keys:read";
      const keys = await get(request, "keys", scope, () => (all ? credentials(world).values() : []));
      return Response.json({ keys: keys.map(describeKey) });
    },
    [at("dns/preferences")]: async (request) =>
      Response.json({
        magicDNS: await get(request, "dns/preferences", "dns:read", () => tailnet(world).magicDns),
      }),
    [at("settings")]: async (request) =>
      Response.json(await get(request, "settings", "feature_settings:read", () => tailnet(world).settings)),
    // Without the scope, the API answers 404 (tailscale/tailscale#19471).
    [at("vip-services")]: async (request) => {
      const services = await get(request, "vip-services", "services:read", () => vipServices(world).values());
      return Response.json({
        vipServices: services.map(({ name, address, tags }) => ({ name, addrs: [address], tags, ports: [] })),
      });
    },
  });

  function describeDevice([id, { name, tags }]: [string, { name: string; tags: readonly string[] }]) {
    const number = Number(id.replace(/\D/g, ""));
    return {
      nodeId: id,
      name: `${name}.${tailnet(world).name}`,
      hostname: name,
      addresses: [`100.64.${Math.floor(number / 250)}.${(number % 250) + 1}`],
      tags,
      connectedToControl: !isStoppedOperator(world, id),
      keyExpiryDisabled: true,
    };
  }
}

/** Whether a device is the operator's of this cluster, and its pod does not run. */
function isStoppedOperator(world: World, device: string): boolean {
  const state = operatorState(world);
  if (state?.data?.["device_id"] !== device) return false;
  return operatorPods(world).get(state.metadata.namespace ?? "default")?.state !== "Running";
}

/** The secret is in no answer but that of the credential's creation. */
function describeKey(credential: Credential): object {
  const keyType = credential.issuer === undefined ? "client" : "federated";
  return { ...credential, keyType, secretHash: undefined };
}
