import type { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { keepMessage } from "../config-issue.ts";
import { fqdnMismatch } from "./fqdn-mismatch.ts";

/** The status as the cluster returns it: it may still be empty, although the SDK's types say otherwise. */
interface Status {
  readonly ingress?: readonly { readonly hostname?: string }[];
}

/**
 * Reads the ts.net name that Tailscale assigned to an exposed object's device from the object's status. Warns, with
 * the fix, when it is not the requested one.
 *
 * @param expected - the requested name
 * @param consequence - what a different name leads to, for the warning
 */
export function assignedFqdn(
  exposed: Service | Ingress,
  expected: string,
  consequence: string,
): pulumi.Output<string> {
  const status: pulumi.Output<Status | undefined> = exposed.status.loadBalancer;
  return pulumi.all([status, exposed.metadata]).apply(([points, { name, namespace }]) => {
    const object = `the ${exposed instanceof Ingress ? "Ingress" : "Service"} ${namespace}/${name}`;
    // A Service's status lists its addresses too, each as an entry without a hostname.
    const assigned = points?.ingress?.find(({ hostname }) => hostname !== undefined)?.hostname;
    if (assigned === undefined) return missingHostname(exposed, object, expected);
    const warning = fqdnMismatch(expected, assigned, { consequence, object });
    if (warning !== undefined) void pulumi.log.warn(warning, exposed);
    return assigned;
  });
}

/**
 * Throws in an update, and warns in a preview: a failed update may have left the object without a hostname, and an
 * error would block the preview of the update that fixes it.
 */
function missingHostname(exposed: pulumi.Resource, object: string, expected: string): string {
  const message = [
    `${object} has no hostname in its status, so its address is unknown`,
    `the operator sets it once the proxy has joined the tailnet: make explain STACK=${pulumi.getStack()} names what prevents it`,
  ].join("\n");
  if (!pulumi.runtime.isDryRun()) throw keepMessage(new pulumi.ResourceError(message, exposed, true));
  void pulumi.log.warn(`${message}\nthis preview assumes ${expected}`, exposed);
  return expected;
}
