import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { Zone } from "./zones.ts";

/** What Cloudflare's edge does for a zone besides its rulesets. The program changes none of it; a zone's owner may. */
export interface ZoneEdge {
  readonly certificates: readonly EdgeCertificate[];
  /** TLS mode towards the origin, for requests that no configuration rule matches. */
  readonly ssl: string;
  /** Whether Always Use HTTPS redirects all hostnames. */
  readonly alwaysUseHttps: "on" | "off";
  readonly pageRules: readonly PageRule[];
}

export interface EdgeCertificate {
  readonly type: "universal" | "advanced";
  readonly hosts: readonly string[];
  readonly status: "active" | "pending_validation";
}

export interface PageRule {
  /** A URL, with `*` for any characters. */
  readonly pattern: string;
  readonly actions: readonly { readonly id: string; readonly value?: unknown }[];
}

function changedEdges(world: World): Table<Partial<ZoneEdge>> {
  return world.table("cloudflare.zone-edges");
}

/**
 * A zone's edge. A new zone has a Universal SSL certificate for its apex and one label, and the TLS mode Full (Cloudflare,
 * "Universal SSL", "Encryption modes").
 */
export function zoneEdge(world: World, { id, name }: Zone): ZoneEdge {
  return {
    certificates: [{ type: "universal", hosts: [name, `*.${name}`], status: "active" }],
    ssl: "full",
    alwaysUseHttps: "off",
    pageRules: [],
    ...changedEdges(world).get(id),
  };
}

export function changeZoneEdge(world: World, { id }: Zone, change: Partial<ZoneEdge>): void {
  changedEdges(world).set(id, { ...changedEdges(world).get(id), ...change });
}
