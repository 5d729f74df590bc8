import { type Topology, proxyTags } from "./topology.ts";

/** An access rule of the policy's `grants` section. */
export interface Grant {
  readonly src: readonly string[];
  readonly dst: readonly string[];
  /** `tcp:443` and the like. */
  readonly ip: readonly string[];
}

/** An entry of the policy's `nodeAttrs` section. */
export interface NodeAttr {
  readonly target: readonly string[];
  readonly attr: readonly string[];
}

/** An entry of the policy's own `tests`: Tailscale refuses a policy of which one fails. */
export interface PolicyTest {
  readonly src: string;
  /** `tag:k8s:443`: must be reachable from `src`. */
  readonly accept?: readonly string[];
  /** Must not be reachable from `src`. */
  readonly deny?: readonly string[];
}

/** What a tailnet's policy must hold for a topology to work, and to stay shut where it must. */
export interface PolicyRequirements {
  readonly tagOwners: Readonly<Record<string, readonly string[]>>;
  readonly nodeAttrs: readonly NodeAttr[];
  readonly grants: readonly Grant[];
  readonly tests: readonly PolicyTest[];
  /** Absent without a ProxyGroup. */
  readonly autoApprovers?: {
    /** By a service's tag, the tags of the devices that may serve it without an admin's approval. */
    readonly services: Readonly<Record<string, readonly string[]>>;
  };
}

/**
 * Derives from a topology what its policy must hold. Sorted throughout, so that the order in which
 * services are configured never shows as a change of the policy.
 *
 * - The operator's tag has no owner but the tailnet's admins; the operator owns every proxy tag, or it
 *   could not make proxies (Tailscale, "Kubernetes operator", prerequisites).
 * - The `funnel` attribute targets the proxies' tags: `autogroup:member` misses tagged devices
 *   (tailscale #11849).
 * - What a ProxyGroup serves is a Tailscale Service, which waits for an admin's approval of its devices if the
 *   policy does not give it beforehand (Tailscale, "Tailscale Services: auto-approval").
 * - A grant per source and exposure, tests for what it must open, and tests for what must stay shut:
 *   see {@link accessTests}.
 */
export function requirePolicy(topology: Topology): PolicyRequirements {
  const owned = proxyTags(topology);
  const funnelTags = sorted(topology.exposures.filter(({ funnel }) => funnel).flatMap(({ tags }) => tags));
  return {
    tagOwners: {
      ...Object.fromEntries(owned.map((tag) => [tag, [topology.operatorTag]])),
      [topology.operatorTag]: [],
    },
    nodeAttrs: funnelTags.length > 0 ? [{ target: funnelTags, attr: ["funnel"] }] : [],
    grants: accessGrants(topology),
    tests: accessTests(topology),
    ...serviceApprovers(topology),
  };
}

function serviceApprovers(topology: Topology): Pick<PolicyRequirements, "autoApprovers"> {
  const approvals = topology.exposures.flatMap(({ tags, servedBy = [] }) =>
    servedBy.length > 0 ? tags.map((tag) => ({ tag, servedBy })) : [],
  );
  if (approvals.length === 0) return {};
  const services = sorted(approvals.map(({ tag }) => tag)).map((served) => [
    served,
    sorted(approvals.filter(({ tag }) => tag === served).flatMap(({ servedBy }) => servedBy)),
  ]);
  return { autoApprovers: { services: Object.fromEntries(services) as Record<string, readonly string[]> } };
}

function accessGrants(topology: Topology): readonly Grant[] {
  const grants = topology.exposures.flatMap(({ tags, ports, allowFrom }) =>
    sorted(allowFrom).map((source) => ({
      src: [source],
      dst: sorted(tags),
      ip: sortedPorts(ports).map((port) => `tcp:${port}`),
    })),
  );
  return uniqueSorted(grants);
}

/**
 * The tests that hold the topology to its word, one per source that the policy language can test
 * (a user, a group, a tag; not an autogroup, not a wildcard: Tailscale, "Tailnet policy syntax", tests).
 *
 * Whoever is let in must get in. A tag of this stack, or one that only `allowFrom` names, gets nothing
 * else of what the stack has: a proxy that the internet talks to must not be a way into the tailnet.
 * People may have other rights of their own, so of them nothing is denied.
 */
function accessTests(topology: Topology): readonly PolicyTest[] {
  const destinations = sorted([
    `${topology.operatorTag}:443`,
    ...topology.exposures.flatMap(({ tags, ports }) =>
      tags.flatMap((tag) => ports.map((port) => `${tag}:${port}`)),
    ),
  ]);
  const sources = sorted([
    ...topology.exposures.flatMap(({ allowFrom }) => allowFrom),
    ...proxyTags(topology),
  ]).filter(isTestable);

  return sources.flatMap((src) => {
    const accept = sorted(
      topology.exposures
        .filter(({ allowFrom }) => allowFrom.includes(src))
        .flatMap(({ tags, ports }) => tags.flatMap((tag) => ports.map((port) => `${tag}:${port}`))),
    );
    const deny = src.startsWith("tag:") ? destinations.filter((dst) => !accept.includes(dst)) : [];
    if (accept.length + deny.length === 0) return [];
    return [{ src, ...(accept.length > 0 && { accept }), ...(deny.length > 0 && { deny }) }];
  });
}

function isTestable(selector: string): boolean {
  return !selector.includes("*") && !selector.startsWith("autogroup:");
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function sortedPorts(ports: readonly number[]): number[] {
  return [...new Set(ports)].sort((a, b) => a - b);
}

function uniqueSorted(grants: readonly Grant[]): readonly Grant[] {
  const byText = new Map(grants.map((grant) => [JSON.stringify(grant), grant]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, grant]) => grant);
}
