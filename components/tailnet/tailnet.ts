import * as pulumi from "@pulumi/pulumi";
import { Acl } from "@pulumi/tailscale/acl.js";
import { DnsPreferences } from "@pulumi/tailscale/dnsPreferences.js";
import { getAclOutput } from "@pulumi/tailscale/getAcl.js";
import { TailnetSettings } from "@pulumi/tailscale/tailnetSettings.js";
import { type PolicySource, buildPolicy, verifyPolicy } from "./policy/policy.ts";
import type { Topology } from "./policy/topology.ts";

/**
 * Who keeps the tailnet's policy. A tailnet has one policy file, so at most one stack may manage it.
 *
 * - `managed`: this stack writes it, from the user's own base file and what the topology needs.
 * - `verified`: somebody else writes it; this stack reads it and fails the preview with the lines to add.
 */
export type PolicyKeeping =
  { readonly mode: "managed"; readonly base?: PolicySource | undefined } | { readonly mode: "verified" };

export interface TailnetArgs {
  /** What the stack exposes, from which the policy is derived. */
  readonly topology: Topology;
  readonly policy: PolicyKeeping;
}

/**
 * What the tailnet must grant before anything can be exposed on it: the policy, MagicDNS and HTTPS
 * certificates.
 *
 * The policy and the settings outlive the stack: they belong to the tailnet and all its devices.
 */
export class Tailnet extends pulumi.ComponentResource {
  /**
   * To be put into `dependsOn` by whatever needs the tailnet to be ready: its tags owned, Funnel allowed,
   * HTTPS on. In `verified` mode it also waits for the check of the policy.
   */
  readonly ready: pulumi.Input<pulumi.Resource>[];

  /** @throws UserError if the base file does not parse or contradicts the topology */
  constructor(name: string, { topology, policy }: TailnetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:tailnet:Tailnet", name, {}, opts);

    // Before any resource: a policy that contradicts the stack must leave the tailnet as it is.
    const text = policy.mode === "managed" ? buildPolicy(topology, policy.base) : undefined;

    // Deleting this resource would switch MagicDNS off for the whole tailnet.
    const dns = new DnsPreferences(`${name}-dns`, { magicDns: true }, { parent: this, retainOnDelete: true });
    // Certificates are issued for MagicDNS names. Without HTTPS an Ingress never gets its hostname.
    const settings = new TailnetSettings(
      `${name}-settings`,
      { httpsEnabled: true },
      { parent: this, retainOnDelete: true, dependsOn: dns },
    );
    const live = getAclOutput({ parent: this }).hujson;
    this.ready = [
      dns,
      settings,
      text === undefined ? this.verified(live, topology) : this.written(name, live, text),
    ];
    this.registerOutputs();
  }

  private written(name: string, live: pulumi.Output<string>, acl: string): pulumi.Resource {
    // Without `overwriteExistingContent` the provider refuses to write over a policy that this stack has not
    // adopted, and it must stay so, but for the very text that a destroyed stack has left behind.
    const overwriteExistingContent = live.apply((text) => (isSamePolicy(text, acl) ? true : undefined));
    return new Acl(
      `${name}-policy`,
      { acl, overwriteExistingContent },
      // It counts for the first write alone; later the live policy is this one whenever nothing drifted.
      { parent: this, retainOnDelete: true, ignoreChanges: ["overwriteExistingContent"] },
    );
  }

  private verified(live: pulumi.Output<string>, topology: Topology): pulumi.Output<pulumi.Resource> {
    return live.apply((text) => {
      verifyPolicy(topology, { source: "the live policy", text });
      return this;
    });
  }
}

/** Looks through white space, as the provider's own comparison does. */
function isSamePolicy(one: string, other: string): boolean {
  const squeezed = (text: string) => text.replaceAll(/\s/g, "");
  return squeezed(one) === squeezed(other);
}
