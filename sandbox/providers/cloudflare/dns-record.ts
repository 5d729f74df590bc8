import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { Found, ResourceModel } from "../resource-model.ts";
import { newId, type Plan, RETRIES, zoneById } from "./zones.ts";

const inputs = z.strictObject({
  zoneId: z.string(),
  name: z.string().min(1),
  type: z.enum(["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"]),
  ttl: z.number(),
  content: z.string().optional(),
  proxied: z.boolean().optional(),
  comment: z.string().optional(),
  priority: z.number().optional(),
  tags: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

export type DnsRecord = z.infer<typeof inputs>;

/** Maximum number of records in a zone (Cloudflare, "DNS record limits"; Free zones since September 2024). */
const RECORD_LIMITS: Readonly<Record<Plan, number>> = {
  free: 200,
  pro: 3500,
  business: 3500,
  enterprise: 3500,
};

const ADDRESS_TYPES = ["A", "AAAA", "CNAME"];

/** The records of one zone by ID. */
export function records(world: World, zoneId: string): Table<DnsRecord> {
  return world.table(`cloudflare.records.${zoneId}`);
}

/**
 * A DNS record, with the API's rules for names, TTL, proxying and conflicting records (Cloudflare API, "DNS Records
 * for a Zone"; terraform-provider-cloudflare, `cloudflare_dns_record`).
 */
export function dnsRecordModel(world: World): ResourceModel<DnsRecord> {
  return {
    inputs,
    replaces: ["type", "zoneId"],
    check: ({ proxied, ttl }) =>
      // Cloudflare chooses the TTL of a proxied record, so the provider refuses any TTL but 1, "automatic".
      proxied === true && ttl !== 1
        ? [{ property: "ttl", reason: `ttl must be set to 1 when proxied is true, and is ${ttl}` }]
        : [],
    async create(record) {
      const create = () => {
        const { plan } = zoneById(world, record.zoneId);
        const table = records(world, record.zoneId);
        if (table.size >= RECORD_LIMITS[plan]) {
          throw new ApiError(400, "400 Bad Request: 81045 Record quota exceeded.");
        }
        const stored = storedRecord(world, record);
        const id = newId(world, "record");
        table.set(id, stored);
        return { id, outputs: outputs(stored) };
      };
      return await apiCall(world, "cloudflare POST /zones/{zone}/dns_records", create, RETRIES);
    },
    async read(id, known) {
      const read = (): Found | undefined => {
        // An import names the record as <zone ID>/<record ID>.
        const [recordId = id, zoneId = String(known.inputs["zoneId"])] = id.split("/").reverse();
        const found = records(world, zoneId).get(recordId);
        return found && { id: recordId, inputs: found, outputs: outputs(found) };
      };
      return await apiCall(world, "cloudflare GET /zones/{zone}/dns_records/{record}", read, RETRIES);
    },
    async update(id, record) {
      const update = () => {
        const table = records(world, record.zoneId);
        if (!table.has(id)) throw notFound();
        const stored = storedRecord(world, record, id);
        table.set(id, stored);
        return outputs(stored);
      };
      return await apiCall(world, "cloudflare PUT /zones/{zone}/dns_records/{record}", update, RETRIES);
    },
    async delete(id, { inputs: { zoneId } }) {
      const remove = () => {
        records(world, String(zoneId)).delete(id);
      };
      await apiCall(world, "cloudflare DELETE /zones/{zone}/dns_records/{record}", remove, RETRIES);
    },
  };
}

/** The record as the API stores it. @throws ApiError if the API refuses it */
function storedRecord(world: World, record: DnsRecord, own?: string): DnsRecord {
  const { name: zone, plan } = zoneById(world, record.zoneId);
  if (record.proxied === true && !ADDRESS_TYPES.includes(record.type)) {
    throw new ApiError(400, "400 Bad Request: 9004 This record type cannot be proxied.");
  }
  const shortest = plan === "enterprise" ? 30 : 60;
  if (record.ttl !== 1 && (record.ttl < shortest || record.ttl > 86_400)) {
    throw new ApiError(
      400,
      `400 Bad Request: 9021 Invalid TTL. Must be between ${shortest} and 86400 seconds, or 1 for Automatic.`,
    );
  }
  const stored = { ...record, name: qualifiedName(record.name, zone) };
  for (const [id, other] of records(world, record.zoneId)) {
    if (id !== own && other.name === stored.name) rejectConflict(other, stored);
  }
  return stored;
}

/**
 * Rejects a record that cannot share its name with another (Cloudflare, "Records with the same name"). The API
 * answers 81058 for equal records, and 81057 if only settings differ *(inferred from reports)*.
 */
function rejectConflict(there: DnsRecord, wanted: DnsRecord): void {
  if (isDeepStrictEqual(there, wanted)) {
    throw new ApiError(400, "400 Bad Request: 81058 An identical record already exists.");
  }
  if (wanted.type === "CNAME" && ADDRESS_TYPES.includes(there.type)) {
    throw new ApiError(
      400,
      "400 Bad Request: 81053 An A, AAAA, or CNAME record with that host already exists.",
    );
  }
  if (there.type === "CNAME" && ADDRESS_TYPES.includes(wanted.type)) {
    throw new ApiError(400, "400 Bad Request: 81054 A CNAME record with that host already exists.");
  }
  if (there.type === wanted.type && there.content === wanted.content) {
    throw new ApiError(400, "400 Bad Request: 81057 The record already exists.");
  }
}

/** The API silently takes a name outside the zone as relative to it. */
function qualifiedName(name: string, zone: string): string {
  const bare = name.replace(/\.$/, "").toLowerCase();
  if (bare === "@") return zone;
  return bare === zone || bare.endsWith(`.${zone}`) ? bare : `${bare}.${zone}`;
}

function outputs(record: DnsRecord) {
  return {
    name: record.name,
    proxied: record.proxied ?? false,
    proxiable: ADDRESS_TYPES.includes(record.type),
  };
}

function notFound(): ApiError {
  return new ApiError(404, "404 Not Found: 81044 Record does not exist.");
}
