/**
 * One service that a proxy of the operator makes reachable, as far as the policy needs it. The public edge's Funnel
 * and every private service is one.
 */
export interface Exposure {
  /** Name for messages: "ozilab-edge". */
  readonly name: string;
  /** Tags of its proxy device, with `tag:`; at least one. */
  readonly tags: readonly string[];
  /** TCP ports that it listens on. */
  readonly ports: readonly number[];
  /** UDP ports that it listens on; absent without any. */
  readonly udpPorts?: readonly number[];
  /** Selectors of the policy that may reach it over the tailnet: users, groups, tags, autogroups. */
  readonly allowFrom: readonly string[];
  /** Whether the internet may reach it through Funnel. */
  readonly funnel: boolean;
  /** Tags of the ProxyGroup's devices that serve it; absent if it has a proxy of its own. */
  readonly servedBy?: readonly string[];
}

/** Everything in a stack that its tailnet's policy must grant. The policy is derived from it. */
export interface Topology {
  /** Tag of the operator's device and of its credentials. */
  readonly operatorTag: string;
  /** Tags of proxies that set no others. */
  readonly defaultProxyTags: readonly string[];
  readonly exposures: readonly Exposure[];
}

/** Returns every tag that a proxy of this stack may have, sorted. The operator must own each. */
export function proxyTags(topology: Topology): readonly string[] {
  const exposed = topology.exposures.flatMap(({ tags, servedBy = [] }) => [...tags, ...servedBy]);
  const tags = [...topology.defaultProxyTags, ...exposed];
  return [...new Set(tags)].sort();
}
