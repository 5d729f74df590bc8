import type { types } from "@pulumi/cloudflare";
import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { Ruleset } from "@pulumi/cloudflare/ruleset.js";
import { WorkersRoute } from "@pulumi/cloudflare/workersRoute.js";
import type { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
import * as pulumi from "@pulumi/pulumi";
import type { PublicHostname } from "./hostname.ts";
import { recordTarget } from "./via.ts";

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
  /** The Worker's script; needed if a hostname goes by it. */
  readonly worker?: WorkersScript | undefined;
}

/**
 * One zone's part of the edge: its rules, a proxied record for every hostname, a route for those that a Worker
 * serves.
 *
 * A hostname must never be without what its way needs, also while it is switched from one to another. So one
 * that comes to a way gets the route or the rule first and then the record, and one that leaves it gets the
 * record first and then loses the rule; a route that goes, goes last of all. While a route is there the Worker
 * serves the hostname, whatever rules and record say. A hostname that is taken out altogether loses its rule
 * before its record, and answers 526 in between.
 *
 * A zone has one entry-point ruleset per phase. If somebody else has made it already, Cloudflare refuses the
 * first `up` (error 20217) and its rules stay; it is then adopted by import.
 */
export class EdgeZone extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:edge:EdgeZone", name, {}, opts);
    const {
      byRule = [],
      byWorker = [],
      otherwise = [],
    } = Object.groupBy(args.hostnames, ({ via }) =>
      via === "origin-rule" ? "byRule" : via === "worker" ? "byWorker" : "otherwise",
    );

    const routes = byWorker.map((hostname) => {
      const route = this.route(hostname, args);
      this.record(hostname, args, [route]);
      return route;
    });
    const configuration = this.entryPoint(`${name}-configuration-rules`, "http_config_settings", args, {
      rules: args.configurationRules,
      dependsOn: routes,
    });
    const left = otherwise.map((hostname) => this.record(hostname, args, configuration));
    const origin = this.entryPoint(`${name}-origin-rules`, "http_request_origin", args, {
      rules: args.originRules,
      dependsOn: [...routes, ...left],
    });
    for (const hostname of byRule) this.record(hostname, args, [...configuration, ...origin]);
    this.registerOutputs();
  }

  private record(
    { host, via }: PublicHostname,
    { zoneId, funnel }: EdgeZoneArgs,
    dependsOn: pulumi.Resource[],
  ): DnsRecord {
    return new DnsRecord(
      host,
      {
        zoneId,
        name: host,
        type: "CNAME",
        content: recordTarget(via, funnel),
        proxied: true,
        // Cloudflare refuses any other for a proxied record: 1 is "automatic".
        ttl: 1,
      },
      // Two records of one name cannot stand side by side.
      { parent: this, dependsOn, deleteBeforeReplace: true },
    );
  }

  private route({ host }: PublicHostname, { zoneId, worker }: EdgeZoneArgs): WorkersRoute {
    if (worker === undefined) throw new Error(`${host} goes by the Worker, and there is none`);
    return new WorkersRoute(
      host,
      { zoneId, pattern: `${host}/*`, script: worker.scriptName },
      { parent: this, dependsOn: worker, deleteBeforeReplace: true },
    );
  }

  private entryPoint(
    name: string,
    phase: string,
    { zoneId }: EdgeZoneArgs,
    { rules, dependsOn = [] }: { rules: types.input.RulesetRule[]; dependsOn?: pulumi.Resource[] },
  ): Ruleset[] {
    if (rules.length === 0) return [];
    return [
      new Ruleset(
        name,
        // "default" is what Cloudflare's dashboard calls an entry point that it makes, so one can be imported.
        { zoneId, kind: "zone", phase, name: "default", rules },
        { parent: this, dependsOn, deleteBeforeReplace: true },
      ),
    ];
  }
}
