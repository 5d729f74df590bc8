import type { World } from "../../../world/world.ts";
import { namespaceKey, objects } from "./objects.ts";

/** Proxies that route packets are privileged, all other pods are not. */
export type Privilege = "privileged" | "unprivileged";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/**
 * Why the Pod Security admission of a namespace rejects a pod; undefined if it admits it. Without the label it
 * admits every pod, which is the default configuration of a cluster (Kubernetes, "Pod Security Standards").
 *
 * The chart sets no security context, so `restricted` rejects unprivileged pods too.
 */
export function podSecurityViolation(
  world: World,
  namespace: string,
  privilege: Privilege,
): string | undefined {
  const labels = objects(world).get(namespaceKey(namespace))?.metadata.labels ?? {};
  const level = labels[ENFORCE] ?? "privileged";
  if (level === "privileged" || (level === "baseline" && privilege === "unprivileged")) return undefined;
  const violation =
    level === "restricted" ? "allowPrivilegeEscalation != false, runAsNonRoot != true" : "privileged";
  return `pods is forbidden: violates PodSecurity "${level}:latest": ${violation}`;
}
