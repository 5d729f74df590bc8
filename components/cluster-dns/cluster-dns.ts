import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { ConfigMapPatch } from "@pulumi/kubernetes/core/v1/configMapPatch.js";
import * as pulumi from "@pulumi/pulumi";
import { throwIfAny } from "../config-issue.ts";
import { corefileIssues, stubZone, withStubZone } from "./corefile.ts";
import { type NameserverArgs, dnsConfigManifest } from "./dns-config.ts";

/**
 * Where CoreDNS reads the stub zone from.
 *
 * - `coredns-custom`: a key of the ConfigMap that k3s's CoreDNS imports; the cluster's own Corefile stays as it is.
 * - `corefile`: the Corefile itself, for clusters that have nothing to import, such as kubeadm's.
 */
export type StubZonePlace = "coredns-custom" | "corefile";

export interface ClusterDnsArgs {
  readonly nameserver: NameserverArgs;
  readonly stubZone: StubZonePlace;
}

const COREFILE = "kube-system/coredns";

/** Lets pods resolve ts.net names: the operator's nameserver, and the stub zone that points CoreDNS at it. */
export class ClusterDns extends pulumi.ComponentResource {
  /** @param opts - `dependsOn` the operator, whose CRD and reconciler it needs */
  constructor(name: string, args: ClusterDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:operator:ClusterDns", name, {}, opts);

    const nameserver = new CustomResource(`${name}-nameserver`, dnsConfigManifest(args.nameserver), {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
      // The operator ignores a new address on an old nameserver. There may be only one DNSConfig at a time.
      replaceOnChanges: ["spec.nameserver.service.clusterIP"],
      deleteBeforeReplace: true,
    });
    const { clusterIP } = args.nameserver;
    if (args.stubZone === "coredns-custom") this.customZone(name, clusterIP, nameserver);
    else this.mergedZone(name, clusterIP, nameserver);
    this.registerOutputs();
  }

  /** One key of a ConfigMap that may hold others' too: server-side apply makes it if it is not there. */
  private customZone(name: string, clusterIP: string, nameserver: pulumi.Resource): void {
    new ConfigMapPatch(
      `${name}-stub-zone`,
      {
        metadata: { name: "coredns-custom", namespace: "kube-system" },
        // k3s's Corefile imports *.server between its server blocks.
        data: { "tailnet-edge.server": stubZone(clusterIP) },
      },
      { parent: this, dependsOn: nameserver },
    );
  }

  private mergedZone(name: string, clusterIP: string, nameserver: pulumi.Resource): void {
    const live = ConfigMap.get(`${name}-corefile`, COREFILE, { parent: this });
    const merged = live.data.apply(({ Corefile = "" }) => {
      throwIfAny("the cluster's DNS", corefileIssues(Corefile, `${COREFILE}: Corefile`));
      return withStubZone(Corefile, clusterIP);
    });
    new ConfigMapPatch(
      `${name}-stub-zone`,
      {
        metadata: {
          name: "coredns",
          namespace: "kube-system",
          // The whole Corefile is one field, and whoever installed CoreDNS owns it.
          annotations: { "pulumi.com/patchForce": "true" },
        },
        data: { Corefile: merged },
      },
      // Taken off, the patch would take the whole Corefile with it, and the cluster would have no DNS.
      { parent: this, dependsOn: nameserver, retainOnDelete: true },
    );
  }
}
