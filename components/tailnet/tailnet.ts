import * as pulumi from "@pulumi/pulumi";
import { Acl } from "@pulumi/tailscale/acl.js";
import { DnsPreferences } from "@pulumi/tailscale/dnsPreferences.js";
import { getAclOutput } from "@pulumi/tailscale/getAcl.js";
import { TailnetSettings } from "@pulumi/tailscale/tailnetSettings.js";
import { buildPolicy, type PolicySource, verifyPolicy } from "./policy/policy.ts";
import type { Topology } from "./policy/topology.ts";

/**
 * Whether this stack writes the tailnet's policy. A tailnet has one policy file, so at most one stack may.
 *
 * - `managed`: the stack writes it: the user's base file, extended by what the topology needs.
 * - `verified`: the stack only reads it, and fails the preview with the lines to add.
 */
export type PolicyMode =
  { readonly mode: "managed"; readonly base?: PolicySource | undefined } | { readonly mode: "verified" };

export interface TailnetArgs {
  /** What the stack exposes; the policy is derived from it. */
  readonly topology: Topology;
  readonly policy: PolicyMode;
}

/**
 * What a tailnet needs before anything can be exposed on it: the policy, MagicDNS and HTTPS certificates.
 *
 * Policy and settings are retained when the stack is destroyed: all devices of the tailnet depend on them.
 */
export class Tailnet extends pulumi.ComponentResource {
  /**
   * Put this into `dependsOn` of every resource that needs the tailnet to be ready: tags have owners, Funnel is
   * allowed, HTTPS is on. In mode `verified` it also waits for the check of the policy.
   */
  readonly ready: pulumi.Input<pulumi.Resource>[];

  /** @throws UserError if the base file does not parse or contradicts the topology */
  constructor(name: string, { topology, policy }: TailnetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:tailnet:Tailnet", name, {}, opts);

    // Before any resource: if the policy contradicts the stack, the tailnet must not change.
    const text = policy.mode === "managed" ? buildPolicy(topology, policy.base) : undefined;

    // Deleting this resource would turn MagicDNS off for the whole tailnet.
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
      text === undefined ? this.#verifyPolicy(live, topology) : this.#managePolicy(name, live, text),
    ];
    this.registerOutputs();
  }

  #managePolicy(name: string, live: pulumi.Output<string>, acl: string): pulumi.Resource {
    // Without `overwriteExistingContent` the provider refuses to overwrite a policy that this stack has not
    // adopted. The one exception is the same text, which a destroyed stack leaves in the tailnet.
    const overwriteExistingContent = live.apply((text) => (isSamePolicy(text, acl) ? true : undefined));
    return new Acl(
      `${name}-policy`,
      { acl, overwriteExistingContent },
      // Only the first write uses it. Later the live policy equals this one unless it drifted, so the value would
      // change without meaning anything.
      { parent: this, retainOnDelete: true, ignoreChanges: ["overwriteExistingContent"] },
    );
  }

  #verifyPolicy(live: pulumi.Output<string>, topology: Topology): pulumi.Output<pulumi.Resource> {
    return live.apply((text) => {
      verifyPolicy(topology, { source: "the live policy", text });
      return this;
    });
  }
}

/** Ignores white space, as the provider's own comparison does. */
function isSamePolicy(one: string, other: string): boolean {
  const withoutSpace = (text: string) => text.replaceAll(/\s/g, "");
  return withoutSpace(one) === withoutSpace(other);
}
