import { CustomResourcePatch } from "@pulumi/kubernetes/apiextensions/customResourcePatch.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random/randomBytes.js";
import type { AcceptedSerials } from "./accepted-serials.ts";
import { lockManifest, type LockPlace, lockRule } from "./lock-manifests.ts";
import { settled } from "./settled.ts";

export interface LockSecretArgs {
  readonly accepted: AcceptedSerials;
  readonly place: LockPlace;
}

/**
 * The secrets of the origin lock, and in a rotation the change that makes Traefik accept the new one before Cloudflare
 * sends it.
 *
 * Each serial has a secret of its own, so a rotation creates the new one beside the old one. The change of the router is
 * a patch, and not an update of {@link TraefikLock}: the lock depends on what sends the secret, so that it is created
 * after that and deleted before it.
 */
export class LockSecret extends pulumi.ComponentResource {
  /** The secret to send: 64 hexadecimal digits. Always a Pulumi secret. */
  readonly sent: pulumi.Output<string>;
  /** The rule of Traefik's router, which has all accepted secrets. Always a Pulumi secret. */
  readonly match: pulumi.Output<string>;
  /** For the `dependsOn` of everything that sends the secret. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, { accepted, place }: LockSecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:edge:LockSecret", name, {}, opts);

    const [sent, ...before] = accepted.serials;
    const secretOf = (serial: number) =>
      pulumi.secret(new RandomBytes(`${name}-${serial}`, { length: 32 }, { parent: this }).hex);
    this.sent = secretOf(sent);
    this.match = pulumi.secret(pulumi.all([this.sent, ...before.map(secretOf)]).apply(lockRule));
    this.ready = accepted.first ? [this.#acceptFirst(name, place)] : [];
    this.registerOutputs();
  }

  #acceptFirst(name: string, place: LockPlace): pulumi.Resource {
    const hook = settled(`${name}-accepted`);
    return new CustomResourcePatch(`${name}-accepted`, lockManifest(place, this.match), {
      parent: this,
      additionalSecretOutputs: ["spec"],
      // The next `up` drops it. The router then belongs to TraefikLock, and may be gone: deleting the patch would
      // then send an empty router.
      retainOnDelete: true,
      hooks: { afterCreate: [hook], afterUpdate: [hook] },
    });
  }
}
