import { getZoneOutput } from "@pulumi/cloudflare/getZone.js";
import * as pulumi from "@pulumi/pulumi";
import type { WorkerBundle } from "../../worker/bundle.ts";
import { throwIfAny } from "../config-issue.ts";
import { EdgeWorker } from "./edge-worker.ts";
import { EdgeZone } from "./edge-zone.ts";
import type { PublicHostname } from "./hostname.ts";
import { sniRules, strictTlsRules } from "./rules.ts";
import { accountIssues, isKnownPlan, zonePlanIssues } from "./zone-plan.ts";

export interface CloudflareEdgeArgs {
  /** Every public hostname; its zone must be one of the account that the Cloudflare provider is set up for. */
  readonly hostnames: readonly PublicHostname[];
  /** The Funnel's ts.net name. */
  readonly funnel: pulumi.Input<string>;
  /** The Worker of this cluster; needed if a hostname goes by it. */
  readonly worker?: { readonly scriptName: string; readonly bundle: WorkerBundle } | undefined;
}

/**
 * The public side: Cloudflare zones whose hostnames lead to the Funnel.
 *
 * The zones' plans are looked up first, and a hostname that its zone's plan cannot carry fails the preview,
 * all of them at once, before any record changes.
 */
export class CloudflareEdge extends pulumi.ComponentResource {
  constructor(
    name: string,
    { hostnames, funnel, worker }: CloudflareEdgeArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:edge:CloudflareEdge", name, {}, opts);

    const zones = planZones(hostnames, funnel).map((zone) => {
      const live = getZoneOutput({ filter: { name: zone.name } }, { parent: this });
      // Deprecated for setting the plan; the subscription API that it points to needs access to billing.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      const issues = live.plan.legacyId.apply((plan) => {
        if (!isKnownPlan(plan)) void pulumi.log.warn(unknownPlan(zone.name, plan), this);
        return zonePlanIssues({ ...zone, plan });
      });
      return { ...zone, liveId: live.zoneId, account: live.account.id, issues };
    });
    const served = zones.filter(({ workerHosts }) => workerHosts.length > 0);
    const accounts = pulumi.all(served.map(({ account }) => account));
    const planIssues = pulumi.all(zones.map(({ issues }) => issues));
    const checked = pulumi.all([accounts, planIssues]).apply(([ids, issues]) => {
      throwIfAny("the public edge", [...issues.flat(), ...accountIssues(served, ids)]);
    });

    const script =
      worker && served.length > 0
        ? new EdgeWorker(
            `${name}-worker`,
            {
              ...worker,
              funnel,
              accountId: pulumi.all([accounts, checked]).apply(([[account]]) => account ?? ""),
            },
            { parent: this },
          ).script
        : undefined;
    for (const { liveId, ...zone } of zones) {
      // Waits for the check, so that not one resource of the edge is made when one zone fails it.
      const zoneId = pulumi.all([liveId, checked]).apply(([id]) => id);
      new EdgeZone(zone.name, { ...zone, zoneId, funnel, worker: script }, { parent: this });
    }
    this.registerOutputs();
  }
}

function unknownPlan(zone: string, plan: string): string {
  return `zone ${zone} is on the plan ${JSON.stringify(plan)}, of which nothing is known here: whether it has the SNI override and room for the rules was not checked`;
}

/** Groups hostnames by zone, zones and hostnames sorted, and works out each zone's rules. */
function planZones(hostnames: readonly PublicHostname[], funnel: pulumi.Input<string>) {
  const byZone = Map.groupBy(hostnames, ({ zone }) => zone);
  return [...byZone]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => {
      const hostsBy = (wanted: (via: PublicHostname["via"]) => boolean) =>
        members.filter(({ via }) => wanted(via)).map(({ host }) => host);
      const originRuleHosts = hostsBy((via) => via === "origin-rule");
      return {
        name,
        hostnames: members.toSorted((a, b) => (a.host < b.host ? -1 : 1)),
        originRuleHosts,
        workerHosts: hostsBy((via) => via === "worker"),
        originRules: sniRules(originRuleHosts, funnel),
        // The Worker checks the certificate itself: Cloudflare connects to no origin for its hostnames.
        configurationRules: strictTlsRules(hostsBy((via) => via !== "worker")),
      };
    });
}
