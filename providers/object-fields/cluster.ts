import * as pulumi from "@pulumi/pulumi";

/**
 * The cluster that a stack is deployed to. Its provider is in this folder.
 *
 * The state remembers the cluster's UID. Every later preview, update and refresh fails if the kubeconfig leads to another
 * cluster. Nothing may depend on it: then `pulumi state delete` makes the stack forget a cluster that was lost.
 */
export class Cluster extends pulumi.CustomResource {
  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    super("object-fields:index:Cluster", name, {}, opts);
  }

  /** Resolves when the engine has accepted the cluster, in a preview too. It stays pending if the engine refuses it. */
  async accepted(): Promise<void> {
    await new Promise((resolve) => this.urn.apply(resolve));
  }
}
