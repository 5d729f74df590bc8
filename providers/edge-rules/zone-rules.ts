import * as pulumi from "@pulumi/pulumi";

/** A rule of a Cloudflare ruleset. */
export interface ZoneRule {
  readonly action: string;
  /** In Cloudflare's rules language. */
  readonly expression: pulumi.Input<string>;
  /** As Cloudflare's API takes them: `{ sni: { value: "…" } }`. */
  readonly actionParameters: pulumi.Inputs;
  /** Shown in Cloudflare's dashboard. */
  readonly description: string;
}

export interface ZoneRulesArgs {
  readonly zoneId: pulumi.Input<string>;
  /** The phase, such as `http_request_origin`. Changing it replaces the resource. */
  readonly phase: string;
  /** By a name that is unique in the phase, of lower-case letters, digits and `_`: `sni_0`. */
  readonly rules: Readonly<Record<string, ZoneRule>>;
}

/**
 * The rules of this stack in one phase of one zone. Rules of others in the phase are not changed.
 *
 * Its provider is in this folder. Declare one per zone and phase. The rules may be in any order among themselves, so no
 * two of them may set the same field for the same host.
 */
export class ZoneRules extends pulumi.CustomResource {
  constructor(name: string, args: ZoneRulesArgs, opts?: pulumi.CustomResourceOptions) {
    super("edge-rules:index:ZoneRules", name, { ...args }, opts);
  }
}
