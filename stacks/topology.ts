import { exposureOf } from "../components/private-services/private-service.ts";
import type { Topology } from "../components/tailnet/policy/topology.ts";
import type { StackConfig } from "./config/parse.ts";

/**
 * What the stack exposes, as the tailnet's policy must know it. A private service is part of it in every phase:
 * the policy is updated first, so it must already allow what the next phase needs, and still allow what the
 * previous phase needed.
 */
export function clusterTopology(cluster: StackConfig): Topology {
  const { operator, publicEdge, privateServices, proxyGroups } = cluster;
  const funnels = publicEdge
    ? [
        {
          name: publicEdge.funnel.hostname,
          tags: operator.proxyTags,
          // Funnel and a tailnet Ingress speak HTTPS on 443 and nothing else.
          ports: [443],
          allowFrom: publicEdge.funnel.allowFrom,
          funnel: true,
        },
      ]
    : [];
  const services = privateServices.map((service) => {
    const group = proxyGroups.find(({ name }) => name === service.proxyGroup);
    const { ports, udpPorts } = exposureOf(service);
    return {
      name: service.hostname,
      tags: service.tags,
      ports,
      ...(udpPorts.length > 0 && { udpPorts }),
      allowFrom: service.allowFrom,
      funnel: false,
      ...(group && { servedBy: group.tags }),
    };
  });
  return {
    operatorTag: operator.tag,
    defaultProxyTags: operator.proxyTags,
    exposures: [...funnels, ...services],
  };
}
