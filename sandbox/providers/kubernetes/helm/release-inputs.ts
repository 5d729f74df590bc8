import { z } from "zod";

const flags = [
  "atomic",
  "cleanupOnFail",
  "createNamespace",
  "dependencyUpdate",
  "devel",
  "disableOpenapiValidation",
  "disableWebhooks",
  "forceUpdate",
  "lint",
  "recreatePods",
  "renderSubchartNotes",
  "replace",
  "resetValues",
  "reuseValues",
  "skipAwait",
  "skipCrds",
  "verify",
  "waitForJobs",
] as const;

/** Inputs of a Helm release (Pulumi Kubernetes, `kubernetes.helm.v3.Release`). */
export const releaseInputs = z.strictObject({
  chart: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
  version: z.string().optional(),
  description: z.string().optional(),
  postrender: z.string().optional(),
  repositoryOpts: z.strictObject({ repo: z.string().optional() }).optional(),
  timeout: z.number().optional(),
  maxHistory: z.number().optional(),
  values: z.record(z.string(), z.unknown()).optional(),
  compat: z.string().optional(),
  ...(Object.fromEntries(flags.map((flag) => [flag, z.boolean().optional()])) as Record<
    (typeof flags)[number],
    z.ZodOptional<z.ZodBoolean>
  >),
});

export type ReleaseInputs = z.infer<typeof releaseInputs>;
