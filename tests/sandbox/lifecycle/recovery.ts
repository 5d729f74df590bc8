import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { releases } from "../../../sandbox/providers/kubernetes/helm/release.ts";
import { operatorPods } from "../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { credentials } from "../../../sandbox/providers/tailscale/tailnet.ts";
import type { EngineStep } from "../../../sandbox/session/run.ts";
import type { Table } from "../../../sandbox/world/table.ts";
import type { World } from "../../../sandbox/world/world.ts";

/** How the systems reject a second one of something that can exist only once. */
export const ALREADY_THERE = /81058|10020|already exists|still in use/;

/** Does what the crash message says: removes a resource that exists without being in the state. */
export function removeByHand(world: World, { op, type, name }: EngineStep): void {
  if (!op.startsWith("create")) return;
  const [zone = ""] = [...zones(world)].map(([id]) => id);
  switch (type.split(":").at(-1) ?? "") {
    case "DnsRecord":
      removeWhere(records(world, zone), (record) => record.name === name);
      break;
    case "Ingress":
      objects(world).delete("Ingress traefik/ozilab-edge");
      break;
    case "Namespace":
      objects(world).delete("Namespace tailscale");
      break;
    case "Release":
      releases(world).delete("tailscale/tailscale-operator");
      break;
    case "Secret":
      objects(world).delete("Secret tailscale/operator-oauth");
      break;
  }
}

/** Removes the credentials that no operator uses: duplicates. */
export function removeUnusedCredentials(world: World): void {
  const used = operatorPods(world)
    .values()
    .map(({ login }) => login?.credentialId);
  removeWhere(credentials(world), ({ id }) => !used.includes(id));
}

function removeWhere<T>(table: Table<T>, matches: (value: T) => boolean): void {
  for (const [key, value] of [...table]) if (matches(value)) table.delete(key);
}
