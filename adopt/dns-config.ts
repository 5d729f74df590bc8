import type { LiveObject } from "../live/kubernetes-client.ts";
import { conflict, type Finding } from "./finding.ts";

/**
 * A conflict of the stack's DNSConfig with one of another name. The operator runs one nameserver, at the address of the
 * first DNSConfig, and sets them all to ready: CoreDNS would forward ts.net names to an address without a nameserver.
 *
 * @param finding - about the stack's DNSConfig
 * @param live - all DNSConfigs of the cluster
 */
export function singleDnsConfig(finding: Finding, live: readonly LiveObject[]): Finding {
  const { resource, subject } = finding;
  const { name } = resource.inputs["metadata"] as { readonly name: string };
  const others = live.map(({ metadata }) => metadata.name).filter((other) => other !== name);
  if (others.length === 0) return finding;
  return conflict(
    resource,
    subject,
    `DNSConfig ${others.join(", ")}`,
    "one DNSConfig in a cluster: the operator runs one nameserver, at the address of the first one",
    `delete DNSConfig ${others.join(", ")} immediately before the first up`,
  );
}
