import * as pulumi from "@pulumi/pulumi";
import { Acl } from "@pulumi/tailscale/acl.js";
import { DnsPreferences } from "@pulumi/tailscale/dnsPreferences.js";
import { getAclOutput } from "@pulumi/tailscale/getAcl.js";
import { TailnetSettings } from "@pulumi/tailscale/tailnetSettings.js";
import { markPolicy } from "./policy/mark.ts";
import { checkOverwrite, type PolicyWrite } from "./policy/overwrite.ts";
import { buildPolicy, type PolicySource, verifyPolicy } from "./policy/policy.ts";
import type { Topology } from "./policy/topology.ts";

/**
 * Whether this stack writes the tailnet's policy. A tailnet has one policy file, so at most one stack may.
 *
 * - `managed`: the stack writes it: the user's base file, extended by what the topology needs.
 * - `verified`: the stack only reads it, and fails the preview with the lines to add.
 */
export type PolicyMode =
  | {
      readonly mode: "managed";
      readonly base?: PolicySource | undefined;
      /** The stack's name. By it the stack recognises its own policy. */
      readonly stack: string;
      /** Checksum of a live policy that may be replaced although entries are lost. */
      readonly replaces?: string | undefined;
    }
  | { readonly mode: "verified" };

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

  /**
   * @throws UserError if the base file does not parse or contradicts the topology. An update also fails if it
   * would write over a policy of others: see {@link checkOverwrite}.
   */
  constructor(name: string, { topology, policy }: TailnetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:tailnet:Tailnet", name, {}, opts);

    // Before any resource: if the policy contradicts the stack, the tailnet must not change.
    const write = policy.mode === "managed" ? policyWrite(topology, policy) : undefined;

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
      write === undefined ? this.#verifyPolicy(live, topology) : this.#managePolicy(name, live, write),
    ];
    this.registerOutputs();
  }

  #managePolicy(name: string, live: pulumi.Output<string>, write: PolicyWrite): pulumi.Resource {
    // The provider refuses the first write over any policy but the default one, which it replaces unseen. The
    // check looks at every policy instead, at every run.
    const overwriteExistingContent = live.apply((text) => {
      checkOverwrite(text, write);
      return true;
    });
    return new Acl(
      `${name}-policy`,
      { acl: write.text, overwriteExistingContent },
      // Only the first write reads it, so it is no change of a resource in the state.
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

function policyWrite(topology: Topology, policy: Extract<PolicyMode, { mode: "managed" }>): PolicyWrite {
  const { base, stack, replaces } = policy;
  return { text: markPolicy(buildPolicy(topology, base), stack, replaces), stack, base, accepted: replaces };
}
