/** A level of the Kubernetes Pod Security Standards. */
export type PodSecurityLevel = "baseline" | "privileged";

/**
 * How an exposure's proxy forwards.
 *
 * - `userspace`: an Ingress, Funnel included, without forwarding from inside the cluster. The proxy opens
 *   no device and needs no privilege.
 * - `kernel`: a Service, or an Ingress that pods of the cluster reach by its tailnet name. The operator
 *   makes its container and an init container privileged, to route packets.
 */
export type ProxyForwarding = "userspace" | "kernel";

/**
 * The Pod Security level that the operator's namespace needs, where all proxies run. Too strict a level
 * keeps proxy pods from being created, with an event in a StatefulSet as the only sign.
 */
export function podSecurityLevel(proxies: readonly ProxyForwarding[]): PodSecurityLevel {
  return proxies.includes("kernel") ? "privileged" : "baseline";
}
