import type { World } from "../../world/world.ts";
import { objectKey, objects } from "./objects.ts";

/** What a pod asks for: proxies that route packets are privileged, the rest is not. */
export type Privilege = "privileged" | "unprivileged";

const ENFORCE = "pod-security.kubernetes.io/enforce";

/**
 * Why the Pod Security admission of a namespace does not let a pod in; undefined if it does. Without the label
 * everything goes, as in a cluster whose admission has its default configuration.
 *
 * The chart sets no security context, so that `restricted` refuses even the pods without privilege
 * (Kubernetes, "Pod Security Standards").
 */
export function forbiddenBy(world: World, namespace: string, privilege: Privilege): string | undefined {
  const labels = objects(world).get(objectKey("Namespace", undefined, namespace))?.metadata.labels ?? {};
  const level = labels[ENFORCE] ?? "privileged";
  if (level === "privileged" || (level === "baseline" && privilege === "unprivileged")) return undefined;
  const violation =
    level === "restricted" ? "allowPrivilegeEscalation != false, runAsNonRoot != true" : "privileged";
  return `pods is forbidden: violates PodSecurity "${level}:latest": ${violation}`;
}
