import { ApiError } from "../../../world/api.ts";
import type { World } from "../../../world/world.ts";
import { reportIncident } from "../../incidents.ts";
import type { Credential } from "../../tailscale/tailnet.ts";
import { events, recordEvent } from "../api-server/events.ts";
import { type KubernetesObject, objectAt, objects, setStatus } from "../api-server/objects.ts";
import { removeProxy } from "./cleanup.ts";
import { reconcileCustomResource } from "./custom-resources.ts";
import { addFinalizer } from "./finalizers.ts";
import { isServedByGroup, offlineServices, reconcileOnGroup } from "./group-exposure.ts";
import { type OperatorPod, validCredential } from "./operator-pod.ts";
import { isExposed, provision, proxyDevices } from "./proxies.ts";

/**
 * Runs one pass of a running operator over the cluster's objects: custom resources, objects on a ProxyGroup, and
 * objects with a proxy of their own (module tailscale.com, `cmd/k8s-operator/`).
 */
export function operate(world: World, pod: OperatorPod): void {
  const credential = validCredential(world, pod);
  if (credential === undefined) {
    const id = pod.login?.credentialId ?? "";
    reportIncident(world, `operator in ${pod.namespace} runs with the revoked credential ${id}`);
  }
  const { ingressClass } = pod.template;
  const all = [...objects(world)];
  // Custom resources first: an object on a ProxyGroup must find the group, whichever was created first.
  for (const [key] of all.filter(([, object]) => isCustomResource(object))) {
    logRefusal(world, key, () => {
      reconcileCustomResource(world, pod, credential, key);
    });
  }
  for (const [key, object] of all.filter(([, object]) => !isCustomResource(object))) {
    logRefusal(world, key, () => {
      if (isServedByGroup(world, key, object, ingressClass)) reconcileOnGroup(world, pod, credential, key);
      else if (isExposed(object, ingressClass)) reconcileProxy(world, pod, credential, key);
      else if (proxyDevices(world).has(key) && credential) removeProxy(world, credential, key);
    });
  }
  for (const [name, reason] of offlineServices(world)) {
    reportIncident(world, `no device serves ${name}: ${reason}`);
  }
}

function isCustomResource({ apiVersion }: KubernetesObject): boolean {
  return apiVersion.startsWith("tailscale.com/");
}

/** Records Tailscale's refusal, which the real operator logs. The next change of the world tries again. */
function logRefusal(world: World, key: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    recordEvent(world, key, error.message);
  }
}

function reconcileProxy(
  world: World,
  pod: OperatorPod,
  credential: Credential | undefined,
  key: string,
): void {
  if (objectAt(world, key).metadata.deletionTimestamp !== undefined) {
    if (credential) removeProxy(world, credential, key);
    return;
  }
  // The finalizer comes first: from now on, only an operator can release the object (tailscale #15662).
  addFinalizer(world, key);
  if (credential === undefined || pod.reason !== undefined) {
    recordEvent(world, key, pod.reason ?? "401 API token invalid");
    return;
  }
  const outcome = provision(world, pod, credential, objectAt(world, key));
  if ("reason" in outcome) recordEvent(world, key, outcome.reason);
  else {
    events(world).delete(key);
    if (outcome.status) setStatus(world, key, outcome.status);
  }
}
