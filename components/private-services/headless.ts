import type { ConfigIssue } from "../config-issue.ts";
import type { AnnotationService } from "./private-service.ts";

/**
 * The operator forwards to a Service's ClusterIP and refuses one that has none, with an event as the only
 * sign: the patch would succeed, and nothing would be exposed.
 *
 * @param clusterIP - of the live Service
 */
export function headlessIssues(service: AnnotationService, clusterIP: string): readonly ConfigIssue[] {
  if (clusterIP !== "None") return [];
  return [
    {
      path: `privateServices: ${service.name}`,
      found: `kind: annotation on the Service ${service.namespace}/${service.service}, which is headless`,
      allowed: "a Service with a ClusterIP, to which the proxy forwards",
      fix: "set kind: loadBalancer with the Service's selector: that makes a Service of its own for the tailnet",
    },
  ];
}
