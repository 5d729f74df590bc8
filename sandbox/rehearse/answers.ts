import { records } from "../providers/cloudflare/dns-record.ts";
import { rulesets } from "../providers/cloudflare/entry-points.ts";
import { zones } from "../providers/cloudflare/zones.ts";
import { objects } from "../providers/kubernetes/api-server/objects.ts";
import { operatorPods } from "../providers/kubernetes/operator/operator-pod.ts";
import { proxyDevices } from "../providers/kubernetes/operator/proxies.ts";
import { failedTests } from "../providers/tailscale/policy-tests.ts";
import { parsePolicy } from "../providers/tailscale/policy.ts";
import { devices, tailnet } from "../providers/tailscale/tailnet.ts";
import type { World } from "../world/world.ts";

/**
 * What a client gets from a cluster, a line for each hostname and each device: that it answers, or what is missing on
 * the way. Two worlds with the same lines answer the same.
 */
export function answersOf(world: World): readonly string[] {
  return [...hostnames(world), ...proxies(world), policyTests(world)].toSorted();
}

function hostnames(world: World): readonly string[] {
  return [...zones(world)].flatMap(([zone]) =>
    records(world, zone)
      .values()
      .filter(({ proxied }) => proxied === true)
      .map(({ name, content = "" }) => {
        const missing = [
          ...(hasFunnel(world, content) ? [] : [`no Funnel ${content}`]),
          ...(hasSni(world, zone, name, content) ? [] : ["no SNI override"]),
        ];
        return `https://${name}: ${missing.length === 0 ? `answers through ${content}` : missing.join(", ")}`;
      }),
  );
}

function hasFunnel(world: World, target: string): boolean {
  return [...proxyDevices(world)].some(([key, id]) => {
    const device = devices(world).get(id);
    return device !== undefined && target.startsWith(`${device.name}.`) && objects(world).has(key);
  });
}

function hasSni(world: World, zone: string, host: string, target: string): boolean {
  const rules = rulesets(world)
    .values()
    .filter(({ zoneId, phase }) => zoneId === zone && phase === "http_request_origin")
    .flatMap((ruleset) => ruleset.rules);
  return rules.some(
    ({ expression, actionParameters }) =>
      expression.includes(`"${host}"`) && JSON.stringify(actionParameters ?? {}).includes(`"${target}"`),
  );
}

function proxies(world: World): readonly string[] {
  const isRunning = operatorPods(world)
    .values()
    .some(({ state }) => state === "Running");
  return [...proxyDevices(world)].map(([key, id]) => {
    const device = devices(world).get(id);
    const state = device && isRunning && objects(world).has(key) ? device.tags.join() : "no device";
    return `${key}: ${device?.name ?? "-"}: ${state}`;
  });
}

function policyTests(world: World): string {
  const failed = failedTests(parsePolicy(tailnet(world).policy));
  return `the policy's tests: ${failed.length === 0 ? "pass" : JSON.stringify(failed)}`;
}
