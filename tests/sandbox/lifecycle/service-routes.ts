import { objectKey, objects, stringAt } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { proxyDevices } from "../../../sandbox/providers/kubernetes/operator/proxies.ts";
import { failedTests } from "../../../sandbox/providers/tailscale/policy-tests.ts";
import { parsePolicy } from "../../../sandbox/providers/tailscale/policy.ts";
import { devices, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import { valueAt } from "../../../sandbox/providers/values.ts";
import type { World } from "../../../sandbox/world/world.ts";
import type { ServiceEntry } from "./tazlab-config.ts";

/** The routes on which a service can be reached: `legacy`, `tailnet`, both or none. */
export function routesOf(world: World, entry: ServiceEntry): string[] {
  return [
    ...(hasLegacyRoute(world, entry) ? ["legacy"] : []),
    ...(hasTailnetRoute(world, entry) ? ["tailnet"] : []),
  ];
}

function hasLegacyRoute(world: World, { namespace, service = "", legacy }: ServiceEntry): boolean {
  const { loadBalancer, ingress, backing } = legacy;
  if (loadBalancer) {
    return addressOf(world, namespace, loadBalancer.service) === loadBalancer.address;
  }
  if (ingress) {
    const object = existing(world, objectKey("Ingress", namespace, ingress.name));
    const backend = valueAt(object?.spec, ["rules", 0, "http", "paths", 0, "backend", "service", "name"]);
    return existing(world, objectKey("Service", namespace, String(backend))) !== undefined;
  }
  return backing !== undefined && addressOf(world, namespace, service) === backing.address;
}

/** The address that MetalLB gave a service's backing Service; undefined if there is none. */
export function backingAddress(world: World, entry: ServiceEntry): string | undefined {
  return addressOf(world, entry.namespace, entry.service ?? entry.backend?.service ?? "");
}

/** Whether the service has a device with its name and tags that the policy lets TazPod reach. */
function hasTailnetRoute(world: World, entry: ServiceEntry): boolean {
  const { name, hostname = name, kind, namespace, service = "", tags, ports } = entry;
  const key = {
    loadBalancer: objectKey("Service", namespace, `${name}-tailnet`),
    ingress: objectKey("Ingress", namespace, `${name}-tailnet`),
    annotation: objectKey("Service", namespace, service),
  }[kind];
  if (existing(world, key) === undefined) return false;
  const device = devices(world).get(proxyDevices(world).get(key) ?? "");
  const accept = tags.flatMap((tag) => (ports ?? [443]).map((port) => `${tag}:${port}`));
  const policy = parsePolicy(tailnet(world).policy);
  return (
    device?.name === hostname &&
    device.tags.join() === tags.join() &&
    failedTests({ ...policy, tests: [{ src: "tag:tazpod", accept }] }).length === 0
  );
}

function addressOf(world: World, namespace: string, name: string): string | undefined {
  const service = existing(world, objectKey("Service", namespace, name));
  return stringAt(valueAt(service?.status, ["loadBalancer", "ingress", 0]), "ip");
}

/** An object that is not being deleted. */
function existing(world: World, key: string) {
  const object = objects(world).get(key);
  return object?.metadata.deletionTimestamp === undefined ? object : undefined;
}
