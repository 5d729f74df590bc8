import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";
import { lockManifest, type LockPlace, refuseManifest } from "./lock-manifests.ts";
import { settled } from "./settled.ts";

export interface TraefikLockArgs {
  readonly place: LockPlace;
  /** The rule with the accepted secrets. Must be a Pulumi secret. */
  readonly match: pulumi.Output<string>;
  /** Everything that sends the secret: the lock is created after it and deleted before it. */
  readonly senders: readonly pulumi.Resource[];
}

/** Makes Traefik answer 403 to every request from Funnel that did not pass Cloudflare. */
export class TraefikLock extends pulumi.ComponentResource {
  readonly router: pulumi.Resource;

  constructor(
    name: string,
    { place, match, senders }: TraefikLockArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:edge:TraefikLock", name, {}, opts);

    const refuse = new CustomResource(`${name}-refuse`, refuseManifest(place), { parent: this });
    this.router = new CustomResource(name, lockManifest(place, match), {
      parent: this,
      additionalSecretOutputs: ["spec"],
      // Traefik leaves out a router whose middleware is missing.
      dependsOn: [...senders, refuse],
      hooks: { beforeCreate: [settled(name)] },
    });
    this.registerOutputs();
  }
}
