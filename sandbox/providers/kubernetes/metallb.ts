import { BlockList } from "node:net";
import type { World } from "../../world/world.ts";
import { at } from "../values.ts";
import { cluster, events, note } from "./cluster.ts";
import { annotation, type KubernetesObject, objects, setStatus, textAt } from "./objects.ts";

const WANTED = "metallb.io/loadBalancerIPs";

/**
 * Gives every Service of type LoadBalancer that is left to it an address, the one that it asks for or the next
 * free one, and takes it back from Services of another type (MetalLB, "Usage", "Requesting specific IPs").
 */
export function allocateAddresses(world: World): void {
  const services = [...objects(world)].filter(([, { kind }]) => kind === "Service");
  const taken = new Set<string>();
  for (const [key, service] of services) {
    const address = addressOf(service);
    if (address === undefined) continue;
    if (isForMetalLb(service) && [address, undefined].includes(annotation(service, WANTED)))
      taken.add(address);
    else if (textAt(service.spec, "loadBalancerClass") === undefined) setStatus(world, key, {});
  }
  const { addressPool } = cluster(world);
  if (addressPool === undefined) return;
  for (const [key] of services) {
    const service = objects(world).get(key);
    if (service === undefined || !isForMetalLb(service) || addressOf(service) !== undefined) continue;
    const found = allocated(service, addressPool, taken);
    if ("fault" in found) {
      note(world, key, found.fault);
      continue;
    }
    taken.add(found.address);
    events(world).delete(key);
    setStatus(world, key, { loadBalancer: { ingress: [{ ip: found.address }] } });
  }
}

function allocated(
  service: KubernetesObject,
  pool: string,
  taken: ReadonlySet<string>,
): { readonly address: string } | { readonly fault: string } {
  const [first = "", last = first] = pool.split("-");
  const range = new BlockList();
  range.addRange(first, last);
  const wanted = annotation(service, WANTED);
  const refused = (why: string) => ({ fault: `AllocationFailed: Failed to allocate IP: ${why}` });
  if (wanted === undefined) {
    const free = [...addresses(first, last)].find((address) => !taken.has(address));
    return free === undefined ? refused("no available IPs") : { address: free };
  }
  if (!range.check(wanted)) return refused(`["${wanted}"] is not allowed in config`);
  if (taken.has(wanted)) return refused(`can't change sharing key, address also in use by others: ${wanted}`);
  return { address: wanted };
}

function* addresses(first: string, last: string): Iterable<string> {
  const base = first.slice(0, first.lastIndexOf(".") + 1);
  const end = Number(last.split(".").at(-1));
  for (let host = Number(first.split(".").at(-1)); host <= end; host += 1) yield `${base}${host}`;
}

function isForMetalLb({ spec }: KubernetesObject): boolean {
  return textAt(spec, "type") === "LoadBalancer" && textAt(spec, "loadBalancerClass") === undefined;
}

/** An address of the local network, which MetalLB alone gives. */
function addressOf({ status }: KubernetesObject): string | undefined {
  return textAt(at(status, ["loadBalancer", "ingress", 0]), "ip");
}
