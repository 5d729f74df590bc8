import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import * as pulumi from "@pulumi/pulumi";
import { ObjectFields } from "../../providers/object-fields/object-fields.ts";
import { throwIfAny } from "../config-issue.ts";
import { corefileIssues, stubZone, withStubZone } from "./corefile.ts";
import { dnsConfigManifest, type NameserverArgs } from "./dns-config.ts";

/**
 * Where CoreDNS reads the stub zone from.
 *
 * - `coredns-custom`: a key of the ConfigMap that CoreDNS in k3s imports. The Corefile does not change.
 * - `corefile`: the Corefile itself, for clusters whose Corefile imports nothing, such as those of kubeadm.
 */
export type StubZoneSource = "coredns-custom" | "corefile";

export interface ClusterDnsArgs {
  readonly nameserver: NameserverArgs;
  readonly stubZone: StubZoneSource;
}

const COREFILE = "kube-system/coredns";

/** Lets pods resolve ts.net names: the operator's nameserver, and the stub zone that makes CoreDNS forward to it. */
export class ClusterDns extends pulumi.ComponentResource {
  /** @param opts - `dependsOn` the operator: it installs the CRD and reconciles the nameserver */
  constructor(name: string, args: ClusterDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("tailnet-edge:operator:ClusterDns", name, {}, opts);

    const nameserver = new CustomResource(`${name}-nameserver`, dnsConfigManifest(args.nameserver), {
      parent: this,
      ...(opts?.dependsOn && { dependsOn: opts.dependsOn }),
      // The operator ignores a new address for a running nameserver, and allows one DNSConfig at a time.
      replaceOnChanges: ["spec.nameserver.service.clusterIP"],
      deleteBeforeReplace: true,
    });
    const { clusterIP } = args.nameserver;
    switch (args.stubZone) {
      case "coredns-custom":
        this.#patchCustomConfig(`${name}-stub-zone`, clusterIP, nameserver);
        break;
      case "corefile":
        this.#patchCorefile(name, clusterIP, nameserver);
    }
    this.registerOutputs();
  }

  /** Sets one key of a ConfigMap that others may share. The ConfigMap is created if it is missing. */
  #patchCustomConfig(name: string, clusterIP: string, nameserver: pulumi.Resource): void {
    new ObjectFields(
      name,
      {
        ...{ apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system", name: "coredns-custom" },
        // The Corefile of k3s imports *.server between its server blocks.
        fields: { data: { "tailnet-edge.server": stubZone(clusterIP) } },
        creates: true,
        onDelete: "release",
      },
      { parent: this, dependsOn: nameserver },
    );
  }

  #patchCorefile(name: string, clusterIP: string, nameserver: pulumi.Resource): void {
    const live = ConfigMap.get(`${name}-corefile`, COREFILE, { parent: this });
    const merged = live.data.apply(({ Corefile = "" }) => {
      throwIfAny("the cluster's DNS", corefileIssues(Corefile, `${COREFILE}: Corefile`));
      return withStubZone(Corefile, clusterIP);
    });
    new ObjectFields(
      `${name}-stub-zone`,
      {
        ...{ apiVersion: "v1", kind: "ConfigMap", namespace: "kube-system", name: "coredns" },
        fields: { data: { Corefile: merged } },
        // The whole Corefile is one field, owned by whoever installed CoreDNS.
        force: true,
        // Giving the field up could remove the whole Corefile, and the cluster would have no DNS.
        onDelete: "keep",
      },
      { parent: this, dependsOn: nameserver },
    );
  }
}
