import type { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { keepMessage } from "../config-issue.ts";
import { fqdnMismatch } from "./fqdn-mismatch.ts";

/** As the cluster has it: a status may be empty still, whatever the SDK's types say. */
interface Status {
  readonly ingress?: readonly { readonly hostname?: string }[];
}

/**
 * The ts.net name that an exposed object's device really has, from the object's status. A name other than the
 * one asked for is warned of, with the cure.
 *
 * @param expected - the name asked for
 * @param consequence - what follows from another name, for the warning
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
    const given = points?.ingress?.find(({ hostname }) => hostname !== undefined)?.hostname;
    if (given === undefined) return missingHostname(exposed, object, expected);
    const warning = fqdnMismatch(expected, given, { consequence, object });
    if (warning !== undefined) void pulumi.log.warn(warning, exposed);
    return given;
  });
}

/**
 * An error, but not in a preview: the object may have been left so by an update that failed, and an error would
 * keep the next one, which mends it, from being previewed.
 */
function missingHostname(exposed: pulumi.Resource, object: string, expected: string): string {
  const message = [
    `${object} has no hostname in its status, so nobody can tell how to reach it`,
    "the operator sets it once the proxy has joined the tailnet: see the object's events and the operator's log",
  ].join("\n");
  if (!pulumi.runtime.isDryRun()) throw keepMessage(new pulumi.ResourceError(message, exposed, true));
  void pulumi.log.warn(`${message}\nthis preview takes it to become ${expected}`, exposed);
  return expected;
}
