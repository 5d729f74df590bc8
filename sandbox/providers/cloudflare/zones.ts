import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { FunctionModel } from "../resource-model.ts";

export type Plan = "free" | "pro" | "business" | "enterprise";

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly plan: Plan;
  /**
   * Whether an SNI override may name a hostname of another account. Cloudflare's documentation requires a name on
   * the same account, which a ts.net name is not. No public report shows what happens. Default: `allowed`.
   */
  readonly foreignSni?: "allowed" | "refused";
  /** Default: false. */
  readonly paused?: boolean;
  /** Default: `active`. */
  readonly status?: "active" | "pending";
  /** Default: `full`. */
  readonly type?: "full" | "partial";
}

/** Retries after 429 and 5xx: the client library's default (cloudflare-go, "Retries"). */
export const RETRIES = 2;

export function zones(world: World): Table<Zone> {
  return world.table("cloudflare.zones");
}

/** @throws ApiError 404 for an unknown ID */
export function zoneById(world: World, id: string): Zone {
  const zone = zones(world).get(id);
  if (zone === undefined) {
    throw new ApiError(
      404,
      `404 Not Found: 7003 Could not route to /zones/${id}, perhaps your object identifier is invalid?`,
    );
  }
  return zone;
}

/** A new ID of 32 hexadecimal digits, the format of Cloudflare's IDs. */
export function newId(world: World, of: string): string {
  return world.serial(`cloudflare.${of}`).toString(16).padStart(32, "0");
}

const getZoneInputs = z.strictObject({
  zoneId: z.string().optional(),
  filter: z.strictObject({ name: z.string() }).optional(),
});

/** `getZone` by the ID, or by a name that exactly one zone has (terraform-provider-cloudflare, `cloudflare_zone`). */
export function getZone(world: World): FunctionModel<z.infer<typeof getZoneInputs>> {
  return {
    inputs: getZoneInputs,
    async invoke({ zoneId, filter }) {
      const zone = await apiCall(
        world,
        "cloudflare GET /zones",
        () => {
          if (zoneId !== undefined) return zoneById(world, zoneId);
          const found = zones(world).find(({ name }) => name === filter?.name);
          if (found === undefined) {
            throw new ApiError(
              404,
              `failed to find exactly one result: 0 found (zone ${filter?.name ?? ""})`,
            );
          }
          return found;
        },
        RETRIES,
      );
      return {
        id: zone.id,
        zoneId: zone.id,
        name: zone.name,
        paused: zone.paused ?? false,
        status: zone.status ?? "active",
        type: zone.type ?? "full",
        account: { id: zone.accountId, name: "sandbox" },
        plan: { legacyId: zone.plan, name: zone.plan },
        ...(filter && { filter }),
      };
    },
  };
}
