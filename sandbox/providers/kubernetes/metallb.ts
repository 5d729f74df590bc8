import { BlockList } from "node:net";
import type { World } from "../../world/world.ts";
import { valueAt } from "../values.ts";
import { events, recordEvent } from "./api-server/events.ts";
import { type KubernetesObject, objects, setStatus, stringAt } from "./api-server/objects.ts";
import { cluster } from "./cluster.ts";

/**
 * Gives each Service of type LoadBalancer without a class its requested address or the next free one, and takes
 * the address back when the type changes (MetalLB, "Usage": requesting specific IPs, IP address sharing).
 */
export function allocateAddresses(world: World): void {
  const services = [...objects(world)].filter(([, { kind }]) => kind === "Service");
  const taken: Taken = new Map();
  for (const [key, service] of services) {
    const address = addressOf(service);
    if (address === undefined) continue;
    const requested = requestedAddress(service.metadata.annotations);
    if (isForMetalLb(service) && [address, undefined].includes(requested)) take(taken, address, service);
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
    take(taken, outcome.address, service);
    events(world).delete(key);
    setStatus(world, key, { loadBalancer: { ingress: [{ ip: outcome.address }] } });
  }
}

/** The Services of each address. */
type Taken = Map<string, readonly KubernetesObject[]>;

function take(taken: Taken, address: string, service: KubernetesObject): void {
  taken.set(address, [...(taken.get(address) ?? []), service]);
}

/** The address that a Service requests; undefined if it requests none. */
export function requestedAddress(annotations?: Readonly<Record<string, string>>): string | undefined {
  return valueOf("loadBalancerIPs", annotations);
}

/**
 * An annotation in either spelling. The new one counts if it is present, even if it is empty; an empty value requests
 * nothing (MetalLB v0.15, `controller/service.go`, `valueForAnnotation`).
 */
function valueOf(name: string, annotations: Readonly<Record<string, string>> = {}): string | undefined {
  return (annotations[`metallb.io/${name}`] ?? annotations[`metallb.universe.tf/${name}`]) || undefined;
}

/** Services share an address if they have the same sharing key and no port in common. */
function canShare(one: KubernetesObject, other: KubernetesObject): boolean {
  const [key, otherKey] = [one, other].map(({ metadata }) =>
    valueOf("allow-shared-ip", metadata.annotations),
  );
  const ports = portsOf(one);
  return key !== undefined && key === otherKey && !portsOf(other).some((port) => ports.includes(port));
}

function portsOf({ spec }: KubernetesObject): readonly unknown[] {
  return ((spec?.["ports"] ?? []) as readonly { readonly port: unknown }[]).map(({ port }) => port);
}

function allocate(
  service: KubernetesObject,
  pool: string,
  taken: Taken,
): { readonly address: string } | { readonly reason: string } {
  const [first = "", last = first] = pool.split("-");
  const range = new BlockList();
  range.addRange(first, last);
  const requested = requestedAddress(service.metadata.annotations);
  const failed = (cause: string) => ({ reason: `AllocationFailed: Failed to allocate IP: ${cause}` });
  if (requested === undefined) {
    const free = [...addresses(first, last)].find((address) => !taken.has(address));
    return free === undefined ? failed("no available IPs") : { address: free };
  }
  if (!range.check(requested)) return failed(`["${requested}"] is not allowed in config`);
  if (taken.get(requested)?.every((other) => canShare(service, other)) === false) {
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
