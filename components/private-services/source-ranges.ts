import type { ConfigIssue } from "../config-issue.ts";
import type { PrivateService } from "./private-service.ts";

const ANNOTATION = "service.beta.kubernetes.io/load-balancer-source-ranges";

/** The parts of a live Service that can keep it from becoming a ClusterIP. */
export interface LiveBacking {
  readonly spec: { readonly loadBalancerSourceRanges?: readonly string[] };
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

/**
 * Rejects a backing Service with source ranges: the API server refuses to make it a ClusterIP, in the middle of the
 * move to phase `tailnet`. The patch cannot clear them. The provider does not send an empty list, and an annotation of
 * another owner cannot be removed.
 *
 * @param backing - name of the Service
 */
export function sourceRangesIssues(
  { name, namespace }: PrivateService,
  backing: string,
  { spec, annotations }: LiveBacking,
): readonly ConfigIssue[] {
  const annotated = annotations?.[ANNOTATION];
  const { loadBalancerSourceRanges: ranges = [] } = spec;
  const found = [
    ...(ranges.length > 0 ? [`loadBalancerSourceRanges: [${ranges.join(", ")}]`] : []),
    ...(annotated === undefined ? [] : [`the annotation ${ANNOTATION}: ${annotated}`]),
  ];
  if (found.length === 0) return [];
  return [
    {
      path: `privateServices: ${name}`,
      found: `the Service ${namespace}/${backing} with ${found.join(" and ")}`,
      allowed: "a Service without source ranges: Kubernetes allows them for type LoadBalancer only",
      fix: "remove the source ranges where the Service is defined, then set phase: tailnet",
    },
  ];
}
