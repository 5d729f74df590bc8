import type { types } from "@pulumi/kubernetes";
import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { keepMessage } from "../faults.ts";
import { unexpectedName } from "./device-name.ts";
import { type FunnelBackend, funnelManifest } from "./funnel-manifest.ts";

type LoadBalancerPoints = types.output.networking.v1.IngressLoadBalancerIngress[];

export interface FunnelIngressArgs {
  /** Name of the proxy's device: the first label of its ts.net name. */
  readonly hostname: string;
  /** The ts.net name that the device should get. */
  readonly expected: string;
  readonly tags: readonly string[];
  readonly backend: FunnelBackend;
}

const NO_NAME = [
  "the Ingress has no hostname in its status, so there is nothing to point the public hostnames at",
  "the operator sets it once the proxy has joined the tailnet: see the Ingress's events and the operator's log",
].join("\n");

/** The one way in from the internet: a proxy of the operator that Funnel relays to, in front of one Service. */
export class FunnelIngress extends pulumi.ComponentResource {
  /**
   * Its full ts.net name, from the Ingress's status and so what the tailnet really calls it. A name other
   * than the one asked for is warned of, with the cure.
   */
  readonly fqdn: pulumi.Output<string>;

  /** @param opts - `dependsOn` the tailnet and the operator: the operator takes its finalizer off on deletion */
  constructor(name: string, args: FunnelIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:exposure:FunnelIngress", name, {}, opts);

    const ingress = new Ingress(name, funnelManifest(args.hostname, args.tags, args.backend), {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
    });
    // Absent in a status that is still empty, whatever the SDK's type says.
    this.fqdn = ingress.status.loadBalancer.ingress.apply((points: LoadBalancerPoints | undefined) => {
      const given = points?.[0]?.hostname;
      if (given === undefined) throw keepMessage(new pulumi.ResourceError(NO_NAME, ingress, true));
      const warning = unexpectedName(args.expected, given);
      if (warning !== undefined) void pulumi.log.warn(warning, ingress);
      return given;
    });
    this.registerOutputs();
  }
}
