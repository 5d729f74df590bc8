import { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
import { WorkersScriptSubdomain } from "@pulumi/cloudflare/workersScriptSubdomain.js";
import * as pulumi from "@pulumi/pulumi";
import type { WorkerBundle } from "../../worker/bundle.ts";

export interface EdgeWorkerArgs {
  /** The Cloudflare account of the zones that it serves. */
  readonly accountId: pulumi.Input<string>;
  /** Name of the script in the account; one for each cluster. */
  readonly scriptName: string;
  readonly bundle: WorkerBundle;
  /** The Funnel's ts.net name, to which it sends every request. */
  readonly funnel: pulumi.Input<string>;
}

/** The Worker that keeps SNI and Host apart on plans without the SNI override: one script for all its hostnames. */
export class EdgeWorker extends pulumi.ComponentResource {
  readonly script: WorkersScript;

  constructor(name: string, args: EdgeWorkerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:edge:EdgeWorker", name, {}, opts);

    this.script = new WorkersScript(
      `${name}-script`,
      {
        accountId: args.accountId,
        scriptName: args.scriptName,
        mainModule: args.bundle.mainModule,
        content: args.bundle.script,
        files: { ...args.bundle.files },
        compatibilityDate: args.bundle.compatibilityDate,
        bindings: [{ name: "ORIGIN", type: "plain_text", text: args.funnel }],
      },
      { parent: this },
    );
    // On workers.dev it would answer to a name of Cloudflare's, and hand that on as Host.
    new WorkersScriptSubdomain(
      `${name}-subdomain`,
      {
        accountId: args.accountId,
        scriptName: this.script.scriptName,
        enabled: false,
        previewsEnabled: false,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
