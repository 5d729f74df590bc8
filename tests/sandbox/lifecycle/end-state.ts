import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { workerScripts } from "../../../sandbox/providers/cloudflare/worker-script.ts";
import { workerRoutes } from "../../../sandbox/providers/cloudflare/worker.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { type KubernetesObject, objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import { releases } from "../../../sandbox/providers/kubernetes/helm/release.ts";
import { operatorPods } from "../../../sandbox/providers/kubernetes/operator/operator-pod.ts";
import { credentials, devices, tailnet } from "../../../sandbox/providers/tailscale/tailnet.ts";
import type { World } from "../../../sandbox/world/world.ts";

/**
 * The result of a stack's runs, independent of how it came about: without serial numbers and the names and hashes made
 * of them. Two sequences of runs with the same result have equal end states.
 */
export function endState(world: World) {
  const ids = credentials(world)
    .values()
    .map(({ id }) => id);
  return {
    tailnet: tailnet(world),
    // A credential's ID is a serial number. What matters is which operator uses it.
    credentials: ids.map((id) => {
      const { description, scopes, tags } = credentials(world).get(id) ?? {};
      const users = operatorPods(world)
        .values()
        .filter(({ login }) => login?.credentialId === id);
      return { description, scopes, tags, users: users.map(({ namespace }) => namespace) };
    }),
    devices: sorted(devices(world).values(), ({ name }) => name),
    objects: sorted([...objects(world)], ([key]) => key).map(([key, object]) => [
      key,
      withoutSerials(object),
    ]),
    releases: sorted([...releases(world)], ([key]) => key).map(([key, { status, inputs, manifest }]) => ({
      key,
      status,
      version: inputs.version,
      manifest,
    })),
    operators: operatorPods(world)
      .values()
      .map(({ namespace, state, reason }) => ({ namespace, state, reason })),
    records: sorted(
      [...zones(world)].flatMap(([id]) => records(world, id).values()),
      ({ name }) => name,
    ),
    // An empty entry point stays, and has no effect.
    rulesets: sorted(rulesets(world).values(), ({ zoneId, phase }) => `${zoneId} ${phase}`)
      .filter(({ rules }) => rules.length > 0)
      .map(({ zoneId, phase, rules }) => ({
        zoneId,
        phase,
        rules: rules.map((rule) => ({ ...rule, id: "-" })),
      })),
    workers: [
      sorted([...workerScripts(world)], ([name]) => name),
      sorted(workerRoutes(world).values(), ({ pattern }) => pattern),
    ],
    incidents: incidents(world).values(),
  };
}

/** Addresses and fingerprints of keys depend on serial numbers. */
function withoutSerials({ metadata, data = {}, ...object }: KubernetesObject) {
  const text = JSON.stringify({ ...object, metadata: { ...metadata, uid: "-" } })
    .replaceAll(/"(ip|clusterIP)":"[^"]*"/g, '"$1":"-"')
    .replaceAll(/"nodePort":\d+/g, '"nodePort":0')
    .replaceAll(/[0-9a-f]{16,}/g, "digest");
  return { text, data: Object.keys(data) };
}

function sorted<T>(values: T[], keyOf: (value: T) => string): T[] {
  return values.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
