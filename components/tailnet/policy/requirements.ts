import type { Protocol } from "./reach.ts";
import { type Exposure, proxyTags, type Topology } from "./topology.ts";

/** An access rule of the policy's `grants` section. */
export interface Grant {
  readonly src: readonly string[];
  readonly dst: readonly string[];
  /** Ports with their protocol: `tcp:443`, `udp:53`. */
  readonly ip: readonly string[];
}

/** An entry of the policy's `nodeAttrs` section. */
export interface NodeAttr {
  readonly target: readonly string[];
  readonly attr: readonly string[];
}

/** An entry of the policy's own `tests`: Tailscale rejects a policy if one of them fails. */
export interface PolicyTest {
  readonly src: string;
  /** Absent in a stack that has TCP ports only. */
  readonly proto?: Protocol;
  /** `tag:k8s:443`: must be reachable from `src`. */
  readonly accept?: readonly string[];
  /** Must not be reachable from `src`. */
  readonly deny?: readonly string[];
}

/** What a tailnet's policy must contain so that a topology works, and grants no more than it should. */
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
 * Derives from a topology what its policy must contain. Everything is sorted, so that reordering services in the
 * configuration does not change the policy.
 *
 * - The operator's tag has no owner except the tailnet's admins. The operator owns every proxy tag: otherwise it
 *   could not create proxies (Tailscale, "Kubernetes operator", prerequisites).
 * - The `funnel` attribute targets the proxies' tags: `autogroup:member` does not include tagged devices
 *   (tailscale #11849).
 * - A ProxyGroup serves Tailscale Services. Each waits for an admin to approve its devices unless the policy
 *   approves them in advance (Tailscale, "Tailscale Services: auto-approval").
 * - Each source of each exposure gets a grant. Tests check what a source must reach and what it must not reach:
 *   see {@link accessTests}.
 */
export function deriveRequirements(topology: Topology): PolicyRequirements {
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
    ...serviceApprovals(topology),
  };
}

function serviceApprovals(topology: Topology): Pick<PolicyRequirements, "autoApprovers"> {
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
  const grants = topology.exposures.flatMap(({ tags, ports, udpPorts = [], allowFrom }) =>
    sorted(allowFrom).map((source) => ({
      src: [source],
      dst: sorted(tags),
      ip: [
        ...sortedPorts(ports).map((port) => `tcp:${port}`),
        ...sortedPorts(udpPorts).map((port) => `udp:${port}`),
      ],
    })),
  );
  return uniqueSorted(grants);
}

/**
 * Derives the policy's tests, one per source that the policy language can test (a user, a group, a tag; not an
 * autogroup, not a wildcard: Tailscale, "Tailnet policy syntax", tests).
 *
 * Every source must reach what it is granted. A tag of this stack, or one that only `allowFrom` names, must reach
 * nothing else of the stack: a proxy that faces the internet must not open a path into the tailnet. People may have
 * further rights, so no test denies them anything.
 */
function accessTests(topology: Topology): readonly PolicyTest[] {
  const tcp = testsOf(topology, [`${topology.operatorTag}:443`], ({ ports }) => ports);
  const udp = testsOf(topology, [], ({ udpPorts = [] }) => udpPorts);
  if (udp.length === 0) return tcp;
  // A test without a protocol does not say which one must be closed where the other one is open.
  const withProtocol = (proto: Protocol) => (test: PolicyTest) => {
    const { src, ...verdicts } = test;
    return { src, proto, ...verdicts };
  };
  return [...tcp.map(withProtocol("tcp")), ...udp.map(withProtocol("udp"))];
}

/** @param denied - destinations besides the exposures, which no tag of the stack may reach */
function testsOf(
  topology: Topology,
  denied: readonly string[],
  portsOf: (exposure: Exposure) => readonly number[],
): readonly PolicyTest[] {
  const destinationsOf = (exposures: readonly Exposure[]) =>
    exposures.flatMap((exposure) =>
      exposure.tags.flatMap((tag) => portsOf(exposure).map((port) => `${tag}:${port}`)),
    );
  const destinations = sorted([...denied, ...destinationsOf(topology.exposures)]);
  const sources = sorted([
    ...topology.exposures.flatMap(({ allowFrom }) => allowFrom),
    ...proxyTags(topology),
  ]).filter(isTestable);

  return sources.flatMap((src) => {
    const accept = sorted(
      destinationsOf(topology.exposures.filter(({ allowFrom }) => allowFrom.includes(src))),
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
