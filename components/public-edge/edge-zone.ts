import { DnsRecord } from "@pulumi/cloudflare/dnsRecord.js";
import { WorkersRoute } from "@pulumi/cloudflare/workersRoute.js";
import type { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
import * as pulumi from "@pulumi/pulumi";
import { type ZoneRule, ZoneRules } from "../../providers/edge-rules/zone-rules.ts";
import type { PublicHostname } from "./hostname.ts";
import { httpsRedirectRules, lockRules, sniRules, strictTlsRules } from "./rules.ts";
import { recordTarget } from "./via.ts";
import { hostnamesWith, type ZoneDemand } from "./zone-demand.ts";
import { orUnknown } from "./zone.ts";

export interface EdgeZoneArgs {
  readonly demand: ZoneDemand;
  /** The Funnel's ts.net name. */
  readonly funnel: pulumi.Input<string>;
  /** The Worker's script; needed if the route of a hostname passes a Worker. */
  readonly worker?: WorkersScript | undefined;
  readonly lock?: SentLock | undefined;
}

/** The secret of the origin lock. */
export interface SentLock {
  /** A Pulumi secret. */
  readonly secret: pulumi.Input<string>;
  /** What must be done before it is sent. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * One zone's part of the edge: its rules, a proxied record for each hostname, and a Worker route for each
 * hostname that needs one.
 *
 * Changing a `via` causes no downtime, because each record depends on what its `via` needs. The order is:
 *
 * 1. The redirect rules, which all records need.
 * 2. Worker routes, each followed by its record. While a route exists, the Worker serves the hostname, whatever
 *    rules and record say. A route is deleted last.
 * 3. The strict TLS rules, which all other records need.
 * 4. The records that need no origin rule. A hostname that leaves the origin rules gets its new record before
 *    the rules change.
 * 5. The origin rules, then the records that need them.
 *
 * With an origin lock, the transform rules are first changed after the records that lead elsewhere, and before all
 * others: no hostname leads to the Funnel without the secret.
 *
 * A hostname that is removed from the stack loses its rule before its record, and answers 526 in between.
 *
 * Rules of others in the same phases are not changed.
 */
export class EdgeZone extends pulumi.ComponentResource {
  /** The transform rules that send the origin lock's secret; none without a lock. */
  readonly lockRules: readonly pulumi.Resource[];
  readonly #zoneId: pulumi.Input<string>;
  readonly #args: EdgeZoneArgs;

  constructor(name: string, args: EdgeZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:edge:EdgeZone", name, {}, opts);
    this.#zoneId = orUnknown(args.demand.zone.id);
    this.#args = args;
    const { demand, funnel, lock } = args;
    const { hostnames } = demand;
    const withWorker = hostnamesWith(hostnames, ({ workerRoute }) => workerRoute);
    const withOriginRule = hostnamesWith(hostnames, ({ originRule }) => originRule);
    const elsewhere = hostnamesWith(hostnames, ({ target }) => target !== "funnel");
    const others = hostnames.filter(
      (hostname) => ![withWorker, withOriginRule, elsewhere].some((group) => group.includes(hostname)),
    );

    const redirects = this.#rules(
      `${name}-redirect-rules`,
      "http_request_dynamic_redirect",
      httpsRedirectRules(demand.redirectRules),
      [],
    );
    const routes = withWorker.map((hostname) => this.#route(hostname));
    const strictTls = this.#rules(
      `${name}-configuration-rules`,
      "http_config_settings",
      strictTlsRules(demand.strictTlsRules),
      routes,
    );
    const ready = [...redirects, ...strictTls];
    const left = elsewhere.map((hostname) => this.#record(hostname, ready));
    const locks = lock
      ? this.#rules(
          `${name}-lock-rules`,
          "http_request_late_transform",
          lockRules(demand.lockRules, lock.secret),
          [...left, ...lock.dependsOn],
        )
      : [];
    this.lockRules = locks;
    for (const [index, hostname] of withWorker.entries()) {
      this.#record(hostname, [...redirects, ...routes.slice(index, index + 1), ...locks]);
    }
    const records = others.map((hostname) => this.#record(hostname, [...ready, ...locks]));
    const origin = this.#rules(
      `${name}-origin-rules`,
      "http_request_origin",
      sniRules(demand.originRules, funnel),
      [...routes, ...left, ...records],
    );
    for (const hostname of withOriginRule) this.#record(hostname, [...ready, ...locks, ...origin]);
    this.registerOutputs();
  }

  #record({ host, via }: PublicHostname, dependsOn: readonly pulumi.Resource[]): DnsRecord {
    return new DnsRecord(
      host,
      {
        zoneId: this.#zoneId,
        name: host,
        type: "CNAME",
        content: recordTarget(via, this.#args.funnel),
        proxied: true,
        // Cloudflare refuses any other value for a proxied record: 1 is "automatic".
        ttl: 1,
      },
      // Cloudflare refuses a second record of the same name.
      { parent: this, dependsOn: [...dependsOn], deleteBeforeReplace: true },
    );
  }

  #route({ host }: PublicHostname): WorkersRoute {
    const { worker } = this.#args;
    if (worker === undefined) throw new Error(`${host} needs the Worker, and the zone was given none`);
    return new WorkersRoute(
      host,
      { zoneId: this.#zoneId, pattern: `${host}/*`, script: worker.scriptName },
      // Cloudflare refuses a second route of the same pattern.
      { parent: this, dependsOn: worker, deleteBeforeReplace: true },
    );
  }

  /** A phase without rules gets no resource. */
  #rules(
    name: string,
    phase: string,
    rules: Readonly<Record<string, ZoneRule>>,
    dependsOn: pulumi.Resource[],
  ): ZoneRules[] {
    if (Object.keys(rules).length === 0) return [];
    return [
      new ZoneRules(
        name,
        { zoneId: this.#zoneId, phase, rules },
        // Earlier versions owned the phase's whole entry point.
        { parent: this, dependsOn, aliases: [{ type: "cloudflare:index/ruleset:Ruleset" }] },
      ),
    ];
  }
}
