import { z } from "zod";
import { apiCall } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { ResourceModel } from "../resource-model.ts";
import { changeTailnet, tailnet } from "./tailnet.ts";

const settingsInputs = z.strictObject({
  aclsExternalLink: z.string().optional(),
  aclsExternallyManagedOn: z.boolean().optional(),
  devicesApprovalOn: z.boolean().optional(),
  devicesAutoUpdatesOn: z.boolean().optional(),
  devicesKeyDurationDays: z.number().int().optional(),
  httpsEnabled: z.boolean().optional(),
  networkFlowLoggingOn: z.boolean().optional(),
  postureIdentityCollectionOn: z.boolean().optional(),
  regionalRoutingOn: z.boolean().optional(),
  usersApprovalOn: z.boolean().optional(),
  usersRoleAllowedToJoinExternalTailnet: z.enum(["none", "admin", "member"]).optional(),
});

const dnsInputs = z.strictObject({ magicDns: z.boolean() });

/**
 * The tailnet's settings. Only the given ones change, and deleting the resource changes none
 * (terraform-provider-tailscale, `tailscale_tailnet_settings`).
 */
export function tailnetSettingsModel(world: World): ResourceModel<z.infer<typeof settingsInputs>> {
  const patch = async (inputs: z.infer<typeof settingsInputs>) => {
    await apiCall(world, "tailscale PATCH /tailnet/{tailnet}/settings", () => {
      changeTailnet(world, { settings: { ...tailnet(world).settings, ...inputs } });
    });
  };
  return {
    inputs: settingsInputs,
    async create(inputs) {
      await patch(inputs);
      return { id: "tailnet_settings", outputs: {} };
    },
    async read(_id, known) {
      const { settings } = await apiCall(world, "tailscale GET /tailnet/{tailnet}/settings", () =>
        tailnet(world),
      );
      const managed = Object.keys(known.inputs).map((key) => [key, settings[key]]);
      return { inputs: Object.fromEntries(managed) as typeof settings, outputs: settings };
    },
    async update(_id, inputs) {
      await patch(inputs);
      return {};
    },
    delete: () => Promise.resolve(),
  };
}

/**
 * MagicDNS. Deleting the resource disables it for the whole tailnet (terraform-provider-tailscale,
 * `tailscale_dns_preferences`).
 */
export function dnsPreferencesModel(world: World): ResourceModel<z.infer<typeof dnsInputs>> {
  const write = async (magicDns: boolean) => {
    await apiCall(world, "tailscale POST /tailnet/{tailnet}/dns/preferences", () => {
      changeTailnet(world, { magicDns });
    });
  };
  return {
    inputs: dnsInputs,
    async create({ magicDns }) {
      await write(magicDns);
      return { id: "dns_preferences", outputs: {} };
    },
    async read() {
      const { magicDns } = await apiCall(world, "tailscale GET /tailnet/{tailnet}/dns/preferences", () =>
        tailnet(world),
      );
      return { inputs: { magicDns }, outputs: {} };
    },
    async update(_id, { magicDns }) {
      await write(magicDns);
      return {};
    },
    async delete() {
      await write(false);
    },
  };
}
