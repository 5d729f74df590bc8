import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { assignedFqdn } from "../operator/assigned-fqdn.ts";
import { funnelManifest, type FunnelManifestArgs } from "./funnel-manifest.ts";

export interface FunnelIngressArgs extends FunnelManifestArgs {
  /** The requested ts.net name. */
  readonly expected: string;
}

/** The proxy that receives all traffic from the internet through Funnel, and sends it to one Service. */
export class FunnelIngress extends pulumi.ComponentResource {
  /**
   * The proxy's ts.net name as the tailnet assigned it, from the Ingress's status. If it is not the expected
   * one, the component warns and says how to fix it.
   */
  readonly fqdn: pulumi.Output<string>;

  /**
   * @param opts - `dependsOn` the tailnet and the operator: on deletion the operator must still run to remove
   *   the Ingress's finalizer
   */
  constructor(name: string, args: FunnelIngressArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:exposure:FunnelIngress", name, {}, opts);

    const ingress = new Ingress(name, funnelManifest(args), {
      parent: this,
      // The operator must remove the old device before the new one requests its name, or Tailscale appends `-1` for good.
      deleteBeforeReplace: true,
      // The status keeps the old hostname for a while, so an update in place would report it as the assigned one.
      replaceOnChanges: ["spec.tls"],
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
    });
    this.fqdn = assignedFqdn(
      ingress,
      args.expected,
      "public hostnames follow the assigned name and keep working",
    );
    this.registerOutputs();
  }
}
