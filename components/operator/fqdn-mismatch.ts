/** What a device's name stands for, in the words of a warning about it. */
export interface MismatchContext {
  /** What happens while the name is another: who follows it, and who does not. */
  readonly consequence: string;
  /** The Kubernetes object whose deletion frees the wrong name. */
  readonly object: string;
}

/**
 * Compares the name that a device has in the tailnet with the one that it should have.
 *
 * When a name is taken, by a live machine or by one long gone, Tailscale's control plane appends `-1`
 * (tailscale #10604). When the whole domain differs, the operator has joined another tailnet.
 *
 * @param expected - `<hostname>.<tailnet>` as configured
 * @param given - the name in the object's status
 * @returns what to tell the user, with the cure; undefined when the names agree
 */
export function fqdnMismatch(expected: string, given: string, naming: MismatchContext): string | undefined {
  if (given === expected) return undefined;
  const [hostname = "", ...tailnet] = expected.split(".");
  if (!given.endsWith(`.${tailnet.join(".")}`)) {
    return [
      `the tailnet calls the device ${given}, and not ${expected}: it is in another tailnet than the one configured`,
      "set tailnet-edge:tailnet.name to that tailnet's DNS name, or give the stack a credential of the right tailnet",
    ].join("\n");
  }
  return [
    `the tailnet calls the device ${given}, and not ${expected}: another machine holds that name`,
    `${naming.consequence}; whoever opens ${expected} reaches the other machine`,
    `to get the name back, remove the machine ${hostname} on the Machines page of the Tailscale admin console, delete ${naming.object}, and run pulumi up --refresh`,
  ].join("\n");
}
