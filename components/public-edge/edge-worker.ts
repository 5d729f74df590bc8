import { WorkersScript, type WorkersScriptArgs } from "@pulumi/cloudflare/workersScript.js";
import { WorkersScriptSubdomain } from "@pulumi/cloudflare/workersScriptSubdomain.js";
import * as pulumi from "@pulumi/pulumi";
import type { WorkerBundle } from "../../worker/bundle.ts";
import type { SentLock } from "./edge-zone.ts";
import { WorkerPool } from "./worker-pool.ts";
import { nameIsFree, withOwner } from "./worker-scripts.ts";
import { idleBindings, originBindings, poolBindings, type WorkerSettings } from "./worker-settings.ts";

/** The cluster's Worker, apart from what the edge around it decides. */
export interface ClusterWorker {
  /** The script's name in the account; distinct for each cluster. */
  readonly scriptName: string;
  readonly bundle: WorkerBundle;
  readonly settings: WorkerSettings;
  /** The script of the Durable Objects; needed if the settings have a pool. */
  readonly pool?: {
    readonly scriptName: string;
    readonly bundle: WorkerBundle;
    /** See {@link WorkerPool}. */
    readonly liveTag: string | undefined;
  };
}

export interface EdgeWorkerArgs extends ClusterWorker {
  /** The Cloudflare account of the zones that the Worker serves. */
  readonly accountId: pulumi.Input<string>;
  /** The Funnel's ts.net name; every request goes there. */
  readonly funnel: pulumi.Input<string>;
  readonly lock?: SentLock | undefined;
}

/**
 * The Worker that sends the Funnel's name as SNI and the public name as Host, on any plan. One script serves
 * all hostnames.
 */
export class EdgeWorker extends pulumi.ComponentResource {
  readonly script: WorkersScript;

  constructor(name: string, args: EdgeWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:edge:EdgeWorker", name, {}, opts);
    const { accountId, funnel, settings, lock } = args;

    const origin = originBindings(funnel, settings, lock?.secret);
    const dependsOn = [...(lock?.dependsOn ?? [])];
    const pool =
      settings.pool && args.pool
        ? new WorkerPool(
            `${name}-pool`,
            {
              script: {
                ...upload(args.pool.bundle),
                accountId,
                scriptName: args.pool.scriptName,
                bindings: [...origin, ...idleBindings(settings.pool)],
              },
              liveTag: args.pool.liveTag,
              dependsOn,
            },
            { parent: this },
          )
        : undefined;
    this.script = new WorkersScript(
      `${name}-script`,
      {
        ...upload(args.bundle),
        accountId,
        scriptName: args.scriptName,
        bindings: [
          ...origin,
          ...(settings.pool && pool ? poolBindings(settings.pool, pool.script.scriptName) : []),
        ],
      },
      { parent: this, dependsOn, hooks: { beforeCreate: [nameIsFree(`${name}-name-is-free`)] } },
    );
    // On workers.dev the Worker would also answer to a Cloudflare name, and would send that name as Host.
    new WorkersScriptSubdomain(
      `${name}-subdomain`,
      { accountId, scriptName: this.script.scriptName, enabled: false, previewsEnabled: false },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** What both scripts have in common. Observability keeps their logs, which name the cause of every failed request. */
function upload({ mainModule, script, files, compatibilityDate }: WorkerBundle) {
  return {
    mainModule,
    content: withOwner(script),
    files: { ...files },
    compatibilityDate,
    observability: { enabled: true },
  } satisfies Partial<WorkersScriptArgs>;
}
