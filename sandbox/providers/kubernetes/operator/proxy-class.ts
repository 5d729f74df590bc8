import type { World } from "../../../world/world.ts";
import { valueAt } from "../../values.ts";
import { events, recordEvent } from "../api-server/events.ts";
import {
  annotation,
  type KubernetesObject,
  objectAt,
  objectKey,
  objects,
  setStatus,
  stringAt,
} from "../api-server/objects.ts";
import { addFinalizer, removeFinalizer } from "./finalizers.ts";
import type { OperatorTemplate } from "./operator-template.ts";

const SERVICE_MONITOR = objectKey(
  "CustomResourceDefinition",
  undefined,
  "servicemonitors.monitoring.coreos.com",
);

/** Sets the ready condition of a ProxyClass (module tailscale.com, `cmd/k8s-operator/proxyclass.go`). */
export function reconcileProxyClass(world: World, key: string): void {
  const { metadata, spec } = objectAt(world, key);
  if (metadata.deletionTimestamp !== undefined) {
    removeFinalizer(world, key);
    return;
  }
  addFinalizer(world, key);
  const wantsMonitor = valueAt(spec, ["metrics", "serviceMonitor", "enable"]) === true;
  const isValid = !wantsMonitor || objects(world).has(SERVICE_MONITOR);
  if (isValid) events(world).delete(key);
  else
    recordEvent(world, key, 'ProxyClassInvalid: "servicemonitors.monitoring.coreos.com" CRD was not found');
  setStatus(world, key, { conditions: [{ type: "ProxyClassReady", status: isValid ? "True" : "False" }] });
}

/** The ProxyClass that an object names, or the operator's default (`proxyClassForObject`). */
export function proxyClassOf(object: KubernetesObject, { proxyClass }: OperatorTemplate): string | undefined {
  return (
    object.metadata.labels?.["tailscale.com/proxy-class"] ??
    annotation(object, "tailscale.com/proxy-class") ??
    proxyClass
  );
}

/** Why a ProxyClass cannot be used; undefined if it can, or if there is none. */
export function classNotReadyReason(world: World, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const found = objects(world).get(objectKey("ProxyClass", undefined, name));
  const conditions = (valueAt(found?.status, ["conditions"]) ?? []) as readonly unknown[];
  const isReady = conditions.some(
    (one) => stringAt(one, "type") === "ProxyClassReady" && stringAt(one, "status") === "True",
  );
  return isReady ? undefined : `ProxyClass "${name}" is not (yet) Ready, waiting..`;
}
