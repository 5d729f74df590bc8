import { z } from "zod";
import { LiveError } from "../../live/live-error.ts";
import type { LocalFunction } from "../protocol/local-function.ts";
import type { ClusterApi, ClusterOf } from "./cluster-api.ts";
import type { FoundObject } from "./find-object.ts";

const findObjectInputs = z.strictObject({
  stack: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string(),
  name: z.string(),
});

/** Reads one object. A failed read is an answer too: the caller decides whether it can go on without. */
export function findObjectFunction(clusterOf: ClusterOf<Pick<ClusterApi, "read">>): LocalFunction {
  return async (inputs): Promise<FoundObject> => {
    const { stack, apiVersion, kind, ...place } = findObjectInputs.parse(inputs);
    try {
      const cluster = await clusterOf(stack);
      const live = await cluster.read(apiVersion, kind, place);
      const { type } = (live?.["spec"] ?? {}) as { readonly type?: string };
      return { exists: live !== undefined, ...(type !== undefined && { type }) };
    } catch (error) {
      if (!(error instanceof LiveError)) throw error;
      const { found, allowed, fix } = error.issue;
      return { failure: { found, allowed, fix } };
    }
  };
}
