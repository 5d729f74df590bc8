import { createHash } from "node:crypto";
import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { ResourceModel } from "../resource-model.ts";
import { parsePolicy } from "./policy.ts";
import { type Credential, credentials, secretHash, tailnet } from "./tailnet.ts";

/** The scopes. Each has a `:read` form too (Tailscale, "Trust credentials", scopes). */
const SCOPES = [
  "all",
  "account_settings",
  "auth_keys",
  "api_access_tokens",
  "device_invites",
  "devices:core",
  "devices:posture_attributes",
  "devices:routes",
  "dns",
  "feature_settings",
  "federated_keys",
  "log_streaming",
  "logs:configuration",
  "logs:network",
  "networking_settings",
  "oauth_keys",
  "policy_file",
  "services",
  "user_invites",
  "users",
  "webhooks",
];

const grantFields = {
  // The limit of the provider's schema.
  description: z.string().max(50, "at most 50 characters").optional(),
  scopes: z.array(z.string()).min(1, "at least one scope"),
  tags: z.array(z.string()).optional(),
};

const clientInputs = z.strictObject(grantFields);

const identityInputs = z.strictObject({
  ...grantFields,
  issuer: z.string(),
  subject: z.string(),
  audience: z.string().optional(),
  customClaimRules: z.record(z.string(), z.string()).optional(),
});

type Grants = z.infer<typeof clientInputs>;

/**
 * An OAuth client (terraform-provider-tailscale, `tailscale_oauth_client`). The API returns its key only at
 * creation. No change replaces it.
 */
export function oauthClientModel(world: World): ResourceModel<Grants> {
  return {
    inputs: clientInputs,
    secrets: ["key"],
    ...sharedOperations(world),
    async create(inputs) {
      return await apiCall(world, "tailscale POST /tailnet/{tailnet}/keys", () => {
        validateGrants(world, inputs);
        const id = nextId(world);
        const key = `tskey-client-${id}-${createHash("sha256").update(id).digest("hex").slice(0, 32)}`;
        credentials(world).set(id, { id, secretHash: secretHash(key), ...storedGrants(inputs) });
        return { id, outputs: { key } };
      });
    },
  };
}

/**
 * A workload identity of another issuer, which has no secret (terraform-provider-tailscale,
 * `tailscale_federated_identity`).
 */
export function federatedIdentityModel(world: World): ResourceModel<z.infer<typeof identityInputs>> {
  return {
    inputs: identityInputs,
    ...sharedOperations(world),
    async create(inputs) {
      return await apiCall(world, "tailscale POST /tailnet/{tailnet}/keys", () => {
        validateGrants(world, inputs);
        const { issuer, subject } = inputs;
        const id = nextId(world);
        const audience = inputs.audience ?? `api.tailscale.com/${id}`;
        credentials(world).set(id, { id, issuer, subject, audience, ...storedGrants(inputs) });
        return { id, outputs: { audience } };
      });
    },
  };
}

/** Read, update and delete, which are the same for both kinds of credentials. */
function sharedOperations(world: World): Pick<ResourceModel<Grants>, "read" | "update" | "delete"> {
  return {
    async read(id, known) {
      return await apiCall(world, "tailscale GET /tailnet/{tailnet}/keys/{key}", () => {
        const found = credentials(world).get(id);
        if (found === undefined) return undefined;
        const { description, scopes, tags } = found;
        return { inputs: { ...known.inputs, description, scopes, tags }, outputs: known.outputs };
      });
    },
    async update(id, inputs, { outputs }) {
      return await apiCall(world, "tailscale PUT /tailnet/{tailnet}/keys/{key}", () => {
        const found = credentials(world).get(id);
        if (found === undefined) throw new ApiError(404, `credential ${id} not found (404)`);
        validateGrants(world, inputs);
        credentials(world).set(id, { ...found, ...storedGrants(inputs) });
        return { ...outputs, ...inputs };
      });
    },
    async delete(id) {
      await apiCall(world, "tailscale DELETE /tailnet/{tailnet}/keys/{key}", () => {
        credentials(world).delete(id);
      });
    },
  };
}

/**
 * Checks what the API requires of a credential: known scopes, tags for the scopes that create devices, and tags
 * that the policy declares (terraform-provider-tailscale, `tailscale_oauth_client`).
 */
function validateGrants(world: World, { scopes, tags = [] }: Grants): void {
  const unknown = scopes.find((scope) => !SCOPES.includes(scope.replace(/:read$/, "")));
  if (unknown !== undefined) throw new ApiError(400, `invalid scope "${unknown}" (400)`);
  if (tags.length === 0 && scopes.some((scope) => ["all", "auth_keys", "devices:core"].includes(scope))) {
    throw new ApiError(400, "tags are required with the scopes auth_keys and devices:core (400)");
  }
  const { tagOwners } = parsePolicy(tailnet(world).policy);
  const unowned = tags.filter((tag) => !(tag in tagOwners));
  if (unowned.length > 0) {
    throw new ApiError(400, `requested tags [${unowned.join(" ")}] are invalid or not permitted (400)`);
  }
}

function storedGrants({ description = "", scopes, tags = [] }: Grants): Omit<Credential, "id"> {
  return { description, scopes, tags };
}

function nextId(world: World): string {
  return `k${world.serial("tailscale.credential").toString().padStart(4, "0")}CNTRL`;
}
