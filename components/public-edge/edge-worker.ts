import { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
import { WorkersScriptSubdomain } from "@pulumi/cloudflare/workersScriptSubdomain.js";
import * as pulumi from "@pulumi/pulumi";
import type { WorkerBundle } from "../../worker/bundle.ts";

export interface EdgeWorkerArgs {
  /** The Cloudflare account of the zones that the Worker serves. */
  readonly accountId: pulumi.Input<string>;
  /** The script's name in the account; distinct for each cluster. */
  readonly scriptName: string;
  readonly bundle: WorkerBundle;
  /** The Funnel's ts.net name; every request goes there. */
  readonly funnel: pulumi.Input<string>;
}

/**
 * The Worker that sends the Funnel's name as SNI and the public name as Host, on any plan. One script serves
 * all hostnames.
 */
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
    // On workers.dev the Worker would also answer to a Cloudflare name, and would send that name as Host.
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
