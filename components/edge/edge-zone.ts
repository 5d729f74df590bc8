import type { types } from "@pulumi/cloudflare";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { Ruleset } from "@pulumi/cloudflare/ruleset.js";
import * as pulumi from "@pulumi/pulumi";
import type { PublicHostname, Via } from "./hostname.ts";

export interface EdgeZoneArgs {
  readonly zoneId: pulumi.Input<string>;
  /** The hostnames of this zone. */
  readonly hostnames: readonly PublicHostname[];
  /** The Funnel's ts.net name. */
  readonly funnel: pulumi.Input<string>;
  /** Rules of the phase `http_request_origin`; none, no ruleset. */
  readonly originRules: types.input.RulesetRule[];
  /** Rules of the phase `http_config_settings`. */
  readonly configurationRules: types.input.RulesetRule[];
}

/**
 * One zone's part of the edge: its rules, and a proxied record for every hostname.
 *
 * A zone has one entry-point ruleset per phase. If somebody else has made it already, Cloudflare refuses the
 * first `up` (error 20217) and its rules stay; it is then adopted by import.
 */
export class EdgeZone extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:edge:EdgeZone", name, {}, opts);

    const rulesets = [
      ...this.entryPoint(`${name}-origin-rules`, "http_request_origin", args.zoneId, args.originRules),
      ...this.entryPoint(
        `${name}-configuration-rules`,
        "http_config_settings",
        args.zoneId,
        args.configurationRules,
      ),
    ];
    for (const { host, via } of args.hostnames) {
      new DnsRecord(
        host,
        {
          zoneId: args.zoneId,
          name: host,
          type: "CNAME",
          content: recordTarget(via, args.funnel),
          proxied: true,
          // Cloudflare refuses any other for a proxied record: 1 is "automatic".
          ttl: 1,
        },
        // The rules first: a record that is live before them answers 526.
        { parent: this, dependsOn: rulesets, deleteBeforeReplace: true },
      );
    }
    this.registerOutputs();
  }

  private entryPoint(
    name: string,
    phase: string,
    zoneId: pulumi.Input<string>,
    rules: types.input.RulesetRule[],
  ): Ruleset[] {
    if (rules.length === 0) return [];
    return [
      new Ruleset(
        name,
        // "default" is what Cloudflare's dashboard calls an entry point that it makes, so one can be imported.
        { zoneId, kind: "zone", phase, name: "default", rules },
        { parent: this, deleteBeforeReplace: true },
      ),
    ];
  }
}

/** What a hostname's CNAME points at. */
export function recordTarget<T>(via: Via, funnel: T): T | string {
  return typeof via === "object" ? via.cname : funnel;
}
