import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";
import { proxyClassManifest, type ProxyClassSettings } from "./proxy-class-manifest.ts";

export interface ProxyClassArgs extends ProxyClassSettings {
  /** Its name in the cluster, which exposures and ProxyGroups refer to. */
  readonly className: string;
}

/** Settings for the pods of proxies: image, resources, placement, metrics. */
export class ProxyClass extends pulumi.ComponentResource {
  /** For the `dependsOn` of what uses it: the operator creates no proxy until the class is ready. */
  readonly ready: pulumi.Resource;

  /** @param opts - `dependsOn` the operator */
  constructor(
    name: string,
    { className, ...settings }: ProxyClassArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("tailnet-edge:operator:ProxyClass", name, {}, opts);

    this.ready = new CustomResource(name, proxyClassManifest(className, settings), {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
    });
    this.registerOutputs();
  }
}
