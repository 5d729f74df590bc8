import * as pulumi from "@pulumi/pulumi";
import { Homepage } from "../components/homepage/homepage.ts";
import type { ServiceLinks } from "../components/homepage/homepage-links.ts";
import { PrivateExposure } from "../components/private-services/private-exposure.ts";
import type { PrivateService } from "../components/private-services/private-service.ts";
import { ProxyGroup } from "../components/private-services/proxy-group.ts";
import { ClusterDns } from "../components/cluster-dns/cluster-dns.ts";
import type { StackConfig } from "./config/parse.ts";

/** A service, and its ts.net name where the cluster tells it. */
export interface DeployedService {
  readonly service: PrivateService;
  /** The ts.net name that was asked for. */
  readonly expected: string;
  readonly fqdn: pulumi.Output<string> | undefined;
}

/**
 * Declares everything that is reached over the tailnet alone, and what goes with it in the cluster.
 *
 * @param ready - what has to be there first: the tailnet and the operator
 */
export function deployPrivateServices(
  { tailnet, privateServices, proxyGroups, clusterDns, homepage }: StackConfig,
  ready: pulumi.Input<pulumi.Resource>[],
): readonly DeployedService[] {
  const groups = new Map(
    proxyGroups.map((group) => [
      group.name,
      new ProxyGroup(`proxy-group-${group.name}`, { ...group, group: group.name }, { dependsOn: ready }),
    ]),
  );
  const services = privateServices.map((service) => {
    const expected = `${service.hostname}.${tailnet.name}`;
    const group = service.proxyGroup === undefined ? undefined : groups.get(service.proxyGroup);
    const dependsOn = [...ready, ...(group ? [group.available] : [])];
    const { fqdn } = new PrivateExposure(service.name, { service, expected }, { dependsOn });
    return { service, expected, fqdn };
  });
  if (clusterDns) new ClusterDns("cluster-dns", clusterDns, { dependsOn: ready });
  if (homepage) {
    const self = services.find(({ service }) => service.name === homepage.service);
    if (self) {
      new Homepage("homepage-links", {
        ...homepage,
        namespace: self.service.namespace,
        self: linksOf(self),
        services: services.map(linksOf),
      });
    }
  }
  return services;
}

function linksOf({ service, fqdn }: DeployedService): ServiceLinks<pulumi.Input<string>> {
  const { name, phase, kind } = service;
  // Nothing but an Ingress serves HTTPS by its ts.net name.
  if (kind !== "ingress") return { name, phase };
  return { name, phase, legacyHost: service.legacy?.ingress?.host, tailnetHost: fqdn };
}
