import type { ConfigIssue } from "../config-issue.ts";
import type { AnnotationManifest } from "./manifests.ts";
import type { PrivateService } from "./private-service.ts";

/**
 * Rejects a Service without a ClusterIP. The operator forwards to the ClusterIP and ignores a headless Service;
 * only an event says so. The patch would succeed, and nothing would be exposed.
 *
 * @param metadata - of the Service that the patch annotates
 * @param clusterIP - of the live Service
 */
export function headlessIssues(
  { name, kind }: PrivateService,
  { metadata }: AnnotationManifest,
  clusterIP: string,
): readonly ConfigIssue[] {
  if (clusterIP !== "None") return [];
  return [
    {
      path: `privateServices: ${name}`,
      found: `kind: ${kind} on the Service ${metadata.namespace}/${metadata.name}, which is headless`,
      allowed: "a Service with a ClusterIP, which the proxy forwards to",
      fix: "set kind: loadBalancer with the Service's selector: the stack then creates a separate Service for the tailnet",
    },
  ];
}
