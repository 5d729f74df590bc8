import { DeploymentPatch } from "@pulumi/kubernetes/apps/v1/deploymentPatch.js";
import * as pulumi from "@pulumi/pulumi";
import { type ServiceLinks, homepageEnvironment } from "./homepage-links.ts";

export interface HomepageArgs {
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** Homepage itself, and every service that it may link to. */
  readonly self: ServiceLinks<pulumi.Input<string>>;
  readonly services: readonly ServiceLinks<pulumi.Input<string>>[];
  /** Names that it answers to beside those of its own exposure. */
  readonly allowedHosts: readonly string[];
}

/**
 * What Homepage has to know of the services: which names it may be called by, and where each one is.
 *
 * A patch of its Deployment's environment, and no more: `services.yaml` stays its owner's, and names a link
 * as `{{HOMEPAGE_VAR_<SERVICE>_URL}}`. A change rolls the Deployment out, which a ConfigMap would not.
 */
export class Homepage extends pulumi.ComponentResource {
  constructor(name: string, args: HomepageArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:exposure:Homepage", name, {}, opts);

    const variables = homepageEnvironment(args.self, args.services, args.allowedHosts);
    const env = variables.map(({ name: variable, hosts, render }) => ({
      name: variable,
      value: pulumi.all([...hosts]).apply(render),
    }));
    new DeploymentPatch(
      name,
      {
        metadata: {
          name: args.deployment,
          namespace: args.namespace,
          // HOMEPAGE_ALLOWED_HOSTS has an owner already, as Homepage refuses every name without it.
          annotations: { "pulumi.com/patchForce": "true" },
        },
        spec: { template: { spec: { containers: [{ name: args.container, env }] } } },
      },
      // Taken off, it would take HOMEPAGE_ALLOWED_HOSTS with it, and Homepage would refuse every name.
      { parent: this, retainOnDelete: true },
    );
    this.registerOutputs();
  }
}
