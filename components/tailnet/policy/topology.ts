/**
 * One thing that a proxy of the operator makes reachable: what the policy has to know of it.
 * The edge's Funnel and every private service is one.
 */
export interface Exposure {
  /** Name for messages: "ozilab-edge". */
  readonly name: string;
  /** Tags of its proxy device, `tag:` included; at least one. */
  readonly tags: readonly string[];
  /** TCP ports that it answers on. */
  readonly ports: readonly number[];
  /** Selectors of the policy's grammar that may reach it over the tailnet: users, groups, tags, autogroups. */
  readonly allowFrom: readonly string[];
  /** Whether the internet may reach it through Funnel. */
  readonly funnel: boolean;
  /** Tags of the ProxyGroup's devices that serve it; absent where its proxy is its own. */
  readonly servedBy?: readonly string[];
}

/** Everything in a stack that its tailnet's policy must grant; the policy is derived from it. */
export interface Topology {
  /** Tag of the operator's own device and of its credential. */
  readonly operatorTag: string;
  /** Tags that the operator gives a proxy for which no others are set. */
  readonly defaultProxyTags: readonly string[];
  readonly exposures: readonly Exposure[];
}

/** Every tag that a proxy of this stack may carry, sorted. The operator must own each. */
export function proxyTags(topology: Topology): readonly string[] {
  const exposed = topology.exposures.flatMap(({ tags, servedBy = [] }) => [...tags, ...servedBy]);
  const tags = [...topology.defaultProxyTags, ...exposed];
  return [...new Set(tags)].sort();
}
