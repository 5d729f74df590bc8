import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";

export interface ProxyGroupArgs {
  /** Its name in the cluster, which services refer to. */
  readonly group: string;
  readonly replicas: number;
  /** Tags of the pods' devices. The policy lets these devices serve the group's services. */
  readonly tags: readonly string[];
  readonly proxyClass?: string | undefined;
}

/** A set of proxy pods that serve several services together. A service stays available while one pod moves. */
export class ProxyGroup extends pulumi.ComponentResource {
  /** For the `dependsOn` of its services: the operator skips them until the group exists. */
  readonly available: pulumi.Resource;

  /** @param opts - `dependsOn` the tailnet and the operator */
  constructor(name: string, args: ProxyGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:exposure:ProxyGroup", name, {}, opts);

    this.available = new CustomResource(name, proxyGroupManifest(args), {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
    });
    this.registerOutputs();
  }
}

/** Builds the custom resource. The annotation makes Pulumi wait for it; by default Pulumi does not. */
export function proxyGroupManifest({ group, replicas, tags, proxyClass }: ProxyGroupArgs) {
  return {
    apiVersion: "tailscale.com/v1alpha1",
    kind: "ProxyGroup",
    metadata: { name: group, annotations: { "pulumi.com/waitFor": "condition=ProxyGroupAvailable" } },
    spec: { type: "ingress", replicas, tags, ...(proxyClass !== undefined && { proxyClass }) },
  };
}
