import { z } from "zod";
import { ApiError, apiCall } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { ResourceModel } from "../resource-model.ts";
import { acceptPolicy } from "./policy.ts";
import { changeTailnet, resetPolicy, tailnet } from "./tailnet.ts";

const inputs = z.strictObject({
  acl: z.string(),
  overwriteExistingContent: z.boolean().optional(),
  resetAclOnDestroy: z.boolean().optional(),
});

/** The provider's own words for a 412 (terraform-provider-tailscale #186). */
const NOT_ADOPTED = [
  "! You seem to be trying to overwrite a non-default ACL with a tailscale_acl resource.",
  "Before doing this, please import your existing ACL into Terraform state using:",
  " terraform import $(this_resource) acl",
  '(got error "precondition failed, invalid old hash (412)")',
].join("\n");

/**
 * The tailnet's policy file. The first write only replaces a policy that nobody has edited (`If-Match:
 * "ts-default"`) unless it overwrites or was imported; later writes replace whatever is there.
 */
export function aclModel(world: World): ResourceModel<z.infer<typeof inputs>> {
  const write = async (acl: string, ifDefault: boolean) => {
    await apiCall(world, "tailscale POST /tailnet/{tailnet}/acl", () => {
      if (ifDefault && !tailnet(world).policyIsDefault) throw new ApiError(412, NOT_ADOPTED);
      acceptPolicy(acl);
      changeTailnet(world, { policy: acl, policyIsDefault: false });
    });
  };
  return {
    inputs,
    same: (property, old, next) => property === "acl" && squeezed(old) === squeezed(next),
    async create({ acl, overwriteExistingContent }) {
      await write(acl, overwriteExistingContent !== true);
      return { id: "acl", outputs: {} };
    },
    async read(_id, known) {
      const { policy } = await apiCall(world, "tailscale GET /tailnet/{tailnet}/acl", () => tailnet(world));
      return { inputs: { ...known.inputs, acl: policy }, outputs: {} };
    },
    async update(_id, { acl }) {
      await write(acl, false);
      return {};
    },
    async delete(_id, { inputs: { resetAclOnDestroy } }) {
      if (resetAclOnDestroy !== true) return;
      await apiCall(world, "tailscale POST /tailnet/{tailnet}/acl", () => {
        resetPolicy(world);
      });
    },
  };
}

/** The provider's diff looks through white space and through nothing else. */
function squeezed(text: unknown): string {
  return String(text).replaceAll(/\s/g, "");
}
