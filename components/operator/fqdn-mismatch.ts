/** What depends on a device's name, for a warning about it. */
export interface MismatchContext {
  /** What happens while the name differs: who uses the assigned name, and who does not. */
  readonly consequence: string;
  /** The Kubernetes object whose deletion releases the wrong name. */
  readonly object: string;
}

/**
 * Compares the name that a device has in the tailnet with the configured one.
 *
 * When a name is taken, by a live machine or by one that no longer exists, Tailscale's control plane appends `-1`
 * (tailscale #10604). When the domain differs, the operator has joined another tailnet.
 *
 * @param expected - `<hostname>.<tailnet>` as configured
 * @param assigned - the name in the object's status
 * @returns the warning, with the fix; undefined when the names agree
 */
export function fqdnMismatch(
  expected: string,
  assigned: string,
  context: MismatchContext,
): string | undefined {
  if (assigned === expected) return undefined;
  const [hostname = "", ...tailnet] = expected.split(".");
  if (!assigned.endsWith(`.${tailnet.join(".")}`)) {
    return [
      `the device is named ${assigned}, not ${expected}: it is in another tailnet than the configured one`,
      "set tailnet-edge:tailnet.name to that tailnet's DNS name, or use credentials of the configured tailnet",
    ].join("\n");
  }
  return [
    `the device is named ${assigned}, not ${expected}: another machine has that name`,
    `${context.consequence}; whoever opens ${expected} reaches the other machine`,
    `to get the name back, remove the machine ${hostname} on the Machines page of the Tailscale admin console, delete ${context.object}, and run pulumi up --refresh`,
  ].join("\n");
}
