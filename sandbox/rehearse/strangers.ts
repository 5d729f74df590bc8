import { records } from "../providers/cloudflare/dns-record.ts";
import { zones } from "../providers/cloudflare/zones.ts";
import { keyOf, type KubernetesObject, objects } from "../providers/kubernetes/api-server/objects.ts";
import { credentials, devices } from "../providers/tailscale/tailnet.ts";
import type { World } from "../world/world.ts";

const OBJECT: KubernetesObject = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "of-others", namespace: "default" },
  data: { key: "value" },
};
const ID = "of-others";
const DEVICE = { name: "laptop", tags: [], owner: "ada@example.com" };
const CREDENTIAL = { id: ID, description: "of others", scopes: ["dns"], tags: [] };

/** Adds what belongs to others: a machine, an OAuth client, records, an object. */
export function addStrangers(world: World): void {
  devices(world).set(ID, DEVICE);
  credentials(world).set(ID, CREDENTIAL);
  for (const [zone, { name }] of zones(world)) records(world, zone).set(ID, strangerRecord(zone, name));
  objects(world).set(keyOf(OBJECT), OBJECT);
}

/**
 * What belongs to others and is no longer as it was, a line each.
 *
 * @param hasCluster - false if the cluster was lost with what others had in it
 */
export function changedStrangers(world: World, hasCluster: boolean): readonly string[] {
  const expected: readonly (readonly [string, unknown, unknown])[] = [
    ["machine laptop", devices(world).get(ID), DEVICE],
    ["OAuth client of others", credentials(world).get(ID), CREDENTIAL],
    ...[...zones(world)].map(
      ([zone, { name }]) =>
        [`record of ${name}`, records(world, zone).get(ID), strangerRecord(zone, name)] as const,
    ),
    ...(hasCluster ? [["ConfigMap of others", objects(world).get(keyOf(OBJECT)), OBJECT] as const] : []),
  ];
  return expected
    .filter(([, found, wanted]) => JSON.stringify(found) !== JSON.stringify(wanted))
    .map(([name]) => name);
}

function strangerRecord(zoneId: string, zone: string) {
  return {
    zoneId,
    name: `of-others.${zone}`,
    type: "A" as const,
    ttl: 300,
    content: "192.0.2.1",
    proxied: false,
  };
}
