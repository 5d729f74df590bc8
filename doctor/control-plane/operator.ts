import type { Cause as Explanation } from "../../explain/cluster-causes.ts";
import type { LiveObject } from "../../live/kubernetes-client.ts";
import type { TailscaleDevice } from "../../live/tailscale-shapes.ts";
import { broken, ok, type Outcome } from "../core/check.ts";
import { clusterCause } from "./cluster-cause.ts";

/** A connected device is seen every few minutes. */
const SEEN_WITHIN_MS = 10 * 60_000;

/**
 * Whether the operator's Deployment has an available pod.
 *
 * @param name - `namespace/name`
 * @param explanations - what the operator's namespace shows: pods, events, Helm's records
 */
export function deploymentOutcome(
  deployment: LiveObject | undefined,
  name: string,
  explanations: readonly Explanation[],
): Outcome {
  const found = clusterCause(explanations);
  if (deployment === undefined) {
    return broken(
      found?.cause ?? "operator-missing",
      [`no Deployment ${name}`, found?.evidence].filter(Boolean).join("; "),
    );
  }
  const { availableReplicas = 0 } = (deployment["status"] ?? {}) as { readonly availableReplicas?: number };
  if (availableReplicas > 0) return ok(`${availableReplicas} available`);
  return broken(
    found?.cause ?? "operator-not-available",
    [`${name} has no available pod`, found?.evidence].filter(Boolean).join("; "),
  );
}

/**
 * Whether a device of the operator is connected to the tailnet. The Deployment has no probes, so an available pod may
 * not be logged in (module tailscale.com, chart, `deployment.yaml`).
 */
export function loginOutcome(
  devices: readonly TailscaleDevice[],
  { hostname, tag }: { readonly hostname: string; readonly tag: string },
  explanations: readonly Explanation[],
): Outcome {
  const own = devices.filter((device) => device.hostname === hostname && device.tags.includes(tag));
  const online = own.find(isOnline);
  if (online) return ok(`${online.name} is connected`);
  const seen = own.map(({ name, lastSeen }) => `${name} was last seen at ${lastSeen ?? "an unknown time"}`);
  const what =
    seen.length > 0 ? seen.join("; ") : `no device with the hostname ${hostname} and the tag ${tag}`;
  const found = clusterCause(explanations);
  return broken(
    found?.cause ?? "operator-not-logged-in",
    found === undefined ? what : `${what}; ${found.evidence}`,
  );
}

/** `lastSeen` is absent while a device is connected; older control servers keep it up to date instead. */
function isOnline({ connectedToControl, lastSeen }: TailscaleDevice): boolean {
  if (connectedToControl !== undefined) return connectedToControl;
  return lastSeen == null || Date.now() - Date.parse(lastSeen) < SEEN_WITHIN_MS;
}
