import * as pulumi from "@pulumi/pulumi";
import { ObjectFields } from "../../providers/object-fields/object-fields.ts";
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
 * Changes only these variables of its Deployment. `services.yaml` stays with its owner and uses a link as
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
    new ObjectFields(
      name,
      {
        ...{ apiVersion: "apps/v1", kind: "Deployment", namespace: args.namespace, name: args.deployment },
        fields: { spec: { template: { spec: { containers: [{ name: args.container, env }] } } } },
        // HOMEPAGE_ALLOWED_HOSTS already has an owner: without it Homepage rejects every host.
        force: true,
        // Without HOMEPAGE_ALLOWED_HOSTS, Homepage would reject every host.
        onDelete: "keep",
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
