import { renderIssue } from "../../components/config-issue.ts";
import type { KubernetesClient } from "../../live/kubernetes-client.ts";
import { LiveError } from "../../live/live-error.ts";

/** What the resources of this provider use of a cluster. */
export type ClusterApi = Pick<KubernetesClient, "apply" | "context" | "read" | "server">;

/** The cluster of a stack. */
export type ClusterOf<Api> = (stack: string) => Promise<Api>;

/** Calls the cluster of a stack. A failure becomes an error with everything that the user needs. */
export async function useCluster<Api, T>(
  clusterOf: ClusterOf<Api>,
  stack: string,
  call: (api: Api) => Promise<T>,
): Promise<T> {
  try {
    return await call(await clusterOf(stack));
  } catch (error) {
    throw error instanceof LiveError ? new Error(renderIssue(error.issue)) : error;
  }
}
