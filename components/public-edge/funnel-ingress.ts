import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { type FunnelBackend, funnelManifest } from "./funnel-manifest.ts";
import { assignedFqdn } from "../operator/assigned-fqdn.ts";

export interface FunnelIngressArgs {
  /** Name of the proxy's device: the first label of its ts.net name. */
  readonly hostname: string;
  /** The ts.net name that the device should get. */
  readonly expected: string;
  readonly tags: readonly string[];
  readonly backend: FunnelBackend;
}

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
    this.fqdn = assignedFqdn(
      ingress,
      args.expected,
      "public hostnames follow the given name and keep working",
    );
    this.registerOutputs();
  }
}
