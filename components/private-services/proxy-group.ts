import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";

export interface ProxyGroupArgs {
  /** Its name in the cluster, by which services ask for it. */
  readonly group: string;
  readonly replicas: number;
  /** Tags of the pods' devices. The policy lets these serve what is on the group. */
  readonly tags: readonly string[];
  readonly proxyClass?: string | undefined;
}

/** Proxies that serve several services together, each from several pods: one may move while the others serve. */
export class ProxyGroup extends pulumi.ComponentResource {
  /** To be put into `dependsOn` by the services on it: the operator passes over them until it is there. */
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

/** Builds the custom resource, which Pulumi itself would not wait for. */
export function proxyGroupManifest({ group, replicas, tags, proxyClass }: ProxyGroupArgs) {
  return {
    apiVersion: "tailscale.com/v1alpha1",
    kind: "ProxyGroup",
    metadata: { name: group, annotations: { "pulumi.com/waitFor": "condition=ProxyGroupAvailable" } },
    spec: { type: "ingress", replicas, tags, ...(proxyClass !== undefined && { proxyClass }) },
  };
}
