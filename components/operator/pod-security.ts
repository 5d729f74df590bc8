/** A level of the Kubernetes Pod Security Standards. */
export type PodSecurityLevel = "baseline" | "privileged";

/**
 * How an exposure's proxy forwards.
 *
 * - `userspace`: an Ingress, Funnel included, without forwarding from inside the cluster. The proxy opens
 *   no network device and needs no privilege.
 * - `kernel`: a Service, or an Ingress that pods of the cluster reach by its ts.net name. The operator
 *   makes its container and an init container privileged, to route packets.
 */
export type ProxyForwarding = "userspace" | "kernel";

/**
 * Returns the Pod Security level that the operator's namespace needs. All proxies run there, and a level that is
 * too strict rejects their pods: the only sign is an event of a StatefulSet.
 */
export function podSecurityLevel(proxies: readonly ProxyForwarding[]): PodSecurityLevel {
  return proxies.includes("kernel") ? "privileged" : "baseline";
}
