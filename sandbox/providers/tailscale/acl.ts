import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { ResourceModel } from "../resource-model.ts";
import { changeTailnet, resetPolicy, tailnet } from "./tailnet.ts";
import { validatePolicy } from "./validate-policy.ts";

const inputs = z.strictObject({
  acl: z.string(),
  overwriteExistingContent: z.boolean().optional(),
  resetAclOnDestroy: z.boolean().optional(),
});

/** The provider's message for a 412 (terraform-provider-tailscale #186). */
const OVERWRITE_REFUSED = [
  "! You seem to be trying to overwrite a non-default ACL with a tailscale_acl resource.",
  "Before doing this, please import your existing ACL into Terraform state using:",
  " terraform import $(this_resource) acl",
  '(got error "precondition failed, invalid old hash (412)")',
].join("\n");

/**
 * The tailnet's policy file (terraform-provider-tailscale, `tailscale/resource_acl.go`). The first write replaces
 * only a policy that nobody has edited (`If-Match: "ts-default"`), unless the resource overwrites or was imported.
 * Later writes replace any policy.
 */
export function aclModel(world: World): ResourceModel<z.infer<typeof inputs>> {
  const write = async (acl: string, ifDefault: boolean) => {
    await apiCall(world, "tailscale POST /tailnet/{tailnet}/acl", () => {
      if (ifDefault && !tailnet(world).policyIsDefault) throw new ApiError(412, OVERWRITE_REFUSED);
      validatePolicy(acl);
      changeTailnet(world, { policy: acl, policyIsDefault: false });
    });
  };
  return {
    inputs,
    isSame: (property, old, next) => property === "acl" && withoutWhitespace(old) === withoutWhitespace(next),
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

/** The provider's diff ignores whitespace and nothing else. */
function withoutWhitespace(text: unknown): string {
  return String(text).replaceAll(/\s/g, "");
}
