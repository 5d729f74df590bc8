import { BlockList } from "node:net";
import type { World } from "../../world/world.ts";
import { valueAt } from "../values.ts";
import { events, recordEvent } from "./api-server/events.ts";
import { annotation, type KubernetesObject, objects, setStatus, stringAt } from "./api-server/objects.ts";
import { cluster } from "./cluster.ts";

const REQUESTED_ADDRESS = "metallb.io/loadBalancerIPs";

/**
 * Gives each Service of type LoadBalancer without a class its requested address or the next free one, and takes
 * the address back when the type changes (MetalLB, "Usage", "Requesting specific IPs").
 */
export function allocateAddresses(world: World): void {
  const services = [...objects(world)].filter(([, { kind }]) => kind === "Service");
  const taken = new Set<string>();
  for (const [key, service] of services) {
    const address = addressOf(service);
    if (address === undefined) continue;
    if (isForMetalLb(service) && [address, undefined].includes(annotation(service, REQUESTED_ADDRESS)))
      taken.add(address);
    else if (stringAt(service.spec, "loadBalancerClass") === undefined) setStatus(world, key, {});
  }
  const { addressPool } = cluster(world);
  if (addressPool === undefined) return;
  for (const [key] of services) {
    const service = objects(world).get(key);
    if (service === undefined || !isForMetalLb(service) || addressOf(service) !== undefined) continue;
    const outcome = allocate(service, addressPool, taken);
    if ("reason" in outcome) {
      recordEvent(world, key, outcome.reason);
      continue;
    }
    taken.add(outcome.address);
    events(world).delete(key);
    setStatus(world, key, { loadBalancer: { ingress: [{ ip: outcome.address }] } });
  }
}

function allocate(
  service: KubernetesObject,
  pool: string,
  taken: ReadonlySet<string>,
): { readonly address: string } | { readonly reason: string } {
  const [first = "", last = first] = pool.split("-");
  const range = new BlockList();
  range.addRange(first, last);
  const requested = annotation(service, REQUESTED_ADDRESS);
  const failed = (cause: string) => ({ reason: `AllocationFailed: Failed to allocate IP: ${cause}` });
  if (requested === undefined) {
    const free = [...addresses(first, last)].find((address) => !taken.has(address));
    return free === undefined ? failed("no available IPs") : { address: free };
  }
  if (!range.check(requested)) return failed(`["${requested}"] is not allowed in config`);
  if (taken.has(requested)) {
    return failed(`can't change sharing key, address also in use by others: ${requested}`);
  }
  return { address: requested };
}

function* addresses(first: string, last: string): Iterable<string> {
  const base = first.slice(0, first.lastIndexOf(".") + 1);
  const end = Number(last.split(".").at(-1));
  for (let host = Number(first.split(".").at(-1)); host <= end; host += 1) yield `${base}${host}`;
}

function isForMetalLb({ spec }: KubernetesObject): boolean {
  return stringAt(spec, "type") === "LoadBalancer" && stringAt(spec, "loadBalancerClass") === undefined;
}

/** The Service's address in the local network. Only MetalLB sets one. */
function addressOf({ status }: KubernetesObject): string | undefined {
  return stringAt(valueAt(status, ["loadBalancer", "ingress", 0]), "ip");
}
