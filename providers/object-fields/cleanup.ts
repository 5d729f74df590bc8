import { setTimeout as elapsed } from "node:timers/promises";
import { renderIssue } from "../../components/config-issue.ts";
import type { KubernetesClient } from "../../live/kubernetes-client.ts";
import { type Place, placeText } from "./inputs.ts";

export interface CleanupLimits {
  readonly attempts: number;
  readonly pauseMs: number;
}

/** Ten minutes, as long as Pulumi's Kubernetes provider waits for a deletion. */
export const DEFAULT_LIMITS: CleanupLimits = { attempts: 600, pauseMs: 1000 };

/**
 * Waits until a controller has removed its finalizer from an object, which it does after it has removed what it created
 * for the object.
 *
 * @throws Error if the finalizer is still there in the end
 */
export async function awaitCleanup(
  cluster: Pick<KubernetesClient, "read">,
  place: Place,
  finalizer: string,
  { attempts, pauseMs }: CleanupLimits,
): Promise<void> {
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const live = await cluster.read(place.apiVersion, place.kind, place);
    if (live?.metadata.finalizers?.includes(finalizer) !== true) return;
    if (attempt < attempts) await elapsed(pauseMs);
  }
  throw new Error(
    renderIssue({
      path: placeText(place),
      found: `the finalizer ${finalizer} after ${(attempts * pauseMs) / 1000} seconds`,
      allowed: "an object that its controller has released",
      fix: "check that the operator runs and that its credential is valid, then run the command again",
    }),
  );
}
