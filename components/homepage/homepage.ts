import { DeploymentPatch } from "@pulumi/kubernetes/apps/v1/deploymentPatch.js";
import * as pulumi from "@pulumi/pulumi";
import { homepageEnvironment, type ServiceLinks } from "./homepage-links.ts";

export interface HomepageArgs {
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  /** Homepage's own exposure. */
  readonly self: ServiceLinks<pulumi.Input<string>>;
  /** Every service that Homepage may link to. */
  readonly services: readonly ServiceLinks<pulumi.Input<string>>[];
  /** Hosts that Homepage accepts besides those of its own exposure. */
  readonly allowedHosts: readonly string[];
}

/**
 * Gives Homepage the hosts that it accepts and the links to the services.
 *
 * Patches only the environment of its Deployment. `services.yaml` stays with its owner and uses a link as
 * `{{HOMEPAGE_VAR_<SERVICE>_URL}}`. A changed environment rolls the Deployment out; a changed ConfigMap would not.
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
          // HOMEPAGE_ALLOWED_HOSTS already has an owner: without it Homepage rejects every host.
          annotations: { "pulumi.com/patchForce": "true" },
        },
        spec: { template: { spec: { containers: [{ name: args.container, env }] } } },
      },
      // Deleting this patch would remove HOMEPAGE_ALLOWED_HOSTS, and Homepage would reject every host.
      { parent: this, retainOnDelete: true },
    );
    this.registerOutputs();
  }
}
