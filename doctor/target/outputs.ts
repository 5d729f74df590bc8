import { z } from "zod";
import type { Via } from "../../components/public-edge/via.ts";

const via: z.ZodType<Via> = z.union([
  z.enum(["origin-rule", "worker", "cname-only"]),
  z.object({ cname: z.string() }),
]);

/** A stack's outputs as `pulumi stack output --json` prints them, as far as the checks read them. */
export const stackOutputs = z.object({
  /** Absent without a public edge. */
  funnel: z.object({ expected: z.string(), actual: z.string() }).optional(),
  hostnames: z
    .record(
      z.string(),
      z.object({
        url: z.string(),
        target: z.string(),
        zone: z.string(),
        via,
        origins: z.array(z.string()).optional(),
      }),
    )
    .default({}),
  /** How far the origin lock is. Absent before the first update with a lock, and after the last one. */
  originLock: z.object({ serial: z.number(), enforced: z.boolean() }).optional(),
  /** Who can reach what. `address` has the assigned name, `requested` the one of the stack's file. */
  exposure: z
    .array(
      z.object({
        name: z.string(),
        address: z.string(),
        requested: z.string(),
        allowed: z.array(z.string()),
        route: z.string(),
      }),
    )
    .default([]),
  /** Absent if no service moves to the tailnet. */
  migration: z
    .array(
      z.object({
        service: z.string(),
        before: z.string(),
        after: z.string(),
        phase: z.enum(["legacy", "coexist", "tailnet"]),
      }),
    )
    .optional(),
});

export type StackOutputs = z.infer<typeof stackOutputs>;
