import * as pulumi from "@pulumi/pulumi";
import { type ClusterWorker, EdgeWorker } from "./edge-worker.ts";
import { EdgeZone, type SentLock } from "./edge-zone.ts";
import { needsWorker, type ZoneDemand } from "./zone-demand.ts";
import { zoneWarnings } from "./zone-warnings.ts";
import { orUnknown } from "./zone.ts";

export interface CloudflareEdgeArgs {
  /** What each zone must carry, already checked. */
  readonly demands: readonly ZoneDemand[];
  /** The Funnel's ts.net name. */
  readonly funnel: pulumi.Input<string>;
  /** The cluster's Worker; needed if the route of a hostname passes a Worker. */
  readonly worker?: ClusterWorker | undefined;
  readonly lock?: SentLock | undefined;
}

/** The public side: Cloudflare zones whose hostnames lead to the Funnel. */
export class CloudflareEdge extends pulumi.ComponentResource {
  /** What sends the origin lock's secret: rules of every zone, and the Worker. */
  readonly senders: readonly pulumi.Resource[];

  constructor(
    name: string,
    { demands, funnel, worker, lock }: CloudflareEdgeArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:edge:CloudflareEdge", name, {}, opts);

    for (const warning of demands.flatMap(zoneWarnings)) void pulumi.log.warn(warning, this);
    const served = demands.find(needsWorker);
    const script =
      worker && served
        ? new EdgeWorker(
            `${name}-worker`,
            { ...worker, funnel, lock, accountId: orUnknown(served.zone.accountId) },
            { parent: this },
          ).script
        : undefined;
    const zones = demands.map(
      (demand) => new EdgeZone(demand.zone.name, { demand, funnel, lock, worker: script }, { parent: this }),
    );
    this.senders = [...zones.flatMap(({ lockRules }) => lockRules), ...(script ? [script] : [])];
    this.registerOutputs();
  }
}
