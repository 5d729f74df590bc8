import { parse } from "jsonc-parser";
import { z } from "zod";
import { apiCall } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { ResourceModel, SystemModel } from "../resource-model.ts";
import { aclModel } from "./acl.ts";
import { federatedIdentityModel, oauthClientModel } from "./credential.ts";
import { dnsPreferencesModel, tailnetSettingsModel } from "./settings.ts";
import { tailnet } from "./tailnet.ts";

/** Tailscale: the control plane's API of one tailnet. */
export function tailscaleSystem(world: World): SystemModel {
  const resources: Readonly<Record<string, ResourceModel<unknown>>> = {
    "tailscale:index/acl:Acl": aclModel(world),
    "tailscale:index/dnsPreferences:DnsPreferences": dnsPreferencesModel(world),
    "tailscale:index/federatedIdentity:FederatedIdentity": federatedIdentityModel(world),
    "tailscale:index/oauthClient:OauthClient": oauthClientModel(world),
    "tailscale:index/tailnetSettings:TailnetSettings": tailnetSettingsModel(world),
  };
  return {
    resource: (type) => resources[type],
    functions: {
      "tailscale:index/getAcl:getAcl": {
        inputs: z.strictObject({}),
        async invoke() {
          const hujson = await apiCall(
            world,
            "tailscale GET /tailnet/{tailnet}/acl",
            () => tailnet(world).policy,
          );
          return { id: "acl", hujson, json: JSON.stringify(parse(hujson)) };
        },
      },
    },
  };
}
