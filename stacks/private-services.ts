import type * as pulumi from "@pulumi/pulumi";
import { ClusterDns } from "../components/cluster-dns/cluster-dns.ts";
import type { ServiceLinks } from "../components/homepage/homepage-links.ts";
import { Homepage } from "../components/homepage/homepage.ts";
import { findLeftovers } from "../components/private-services/find-leftovers.ts";
import type { Leftover } from "../components/private-services/legacy/leftover.ts";
import { PrivateExposure } from "../components/private-services/private-exposure.ts";
import { exposureOf, type PrivateService } from "../components/private-services/private-service.ts";
import { ProxyGroup } from "../components/private-services/proxy-group.ts";
import type { ReadState } from "../components/private-services/stored-resources.ts";
import type { StackConfig } from "./config/parse.ts";
import type { ProxyClassOf } from "./proxy-classes.ts";

/** A private service and its ts.net name. */
export interface DeployedService {
  readonly service: PrivateService;
  /** The requested ts.net name. */
  readonly expected: string;
  /** The assigned ts.net name, where the cluster shows it. */
  readonly fqdn: pulumi.Output<string> | undefined;
  /** Set if its legacy object is not known to be gone in phase `tailnet`. */
  readonly leftover: Leftover | undefined;
}

/**
 * Declares the private services and what belongs to them in the cluster: ProxyGroups, cluster DNS, Homepage.
 *
 * @param ready - the tailnet and the operator, which must exist first
 */
export async function deployPrivateServices(
  { tailnet, privateServices, proxyGroups, clusterDns, homepage }: StackConfig,
  ready: pulumi.Input<pulumi.Resource>[],
  proxyClassOf: ProxyClassOf,
  readState: ReadState,
): Promise<readonly DeployedService[]> {
  const leftovers = await findLeftovers(privateServices, readState);
  const groups = new Map(
    proxyGroups.map((group) => [
      group.name,
      new ProxyGroup(
        `proxy-group-${group.name}`,
        { ...group, group: group.name },
        { dependsOn: [...ready, ...proxyClassOf(group.proxyClass)] },
      ),
    ]),
  );
  const services = privateServices.map((service) => {
    const expected = `${service.hostname}.${tailnet.name}`;
    const group = service.proxyGroup === undefined ? undefined : groups.get(service.proxyGroup);
    const dependsOn = [...ready, ...proxyClassOf(service.proxyClass), ...(group ? [group.available] : [])];
    // Pulumi derives the former names of the children from this one.
    const aliases = service.formerName === undefined ? [] : [{ name: service.formerName }];
    const { fqdn } = new PrivateExposure(service.name, { service, expected }, { dependsOn, aliases });
    return { service, expected, fqdn, leftover: leftovers.get(service.name) };
  });
  if (clusterDns) new ClusterDns("cluster-dns", clusterDns, { dependsOn: ready });
  if (homepage) deployHomepage(homepage, services);
  return services;
}

function deployHomepage(
  homepage: NonNullable<StackConfig["homepage"]>,
  services: readonly DeployedService[],
): void {
  const self = services.find(({ service }) => service.name === homepage.service);
  // readStackConfig rejects a homepage.service that is no private service.
  if (self === undefined) return;
  new Homepage("homepage-links", {
    ...homepage,
    namespace: self.service.namespace,
    self: linksOf(self),
    services: services.map(linksOf),
  });
}

function linksOf({ service, fqdn }: DeployedService): ServiceLinks<pulumi.Input<string>> {
  const { name, phase } = service;
  const { protocol, legacyHost } = exposureOf(service);
  return { name, phase, legacyHost, tailnetHost: protocol === "https" ? fqdn : undefined };
}
