import { setTimeout } from "node:timers/promises";
import { ResourceHook } from "@pulumi/pulumi";

/**
 * How long a change takes to be in use, in milliseconds. Traefik loads a changed router within its
 * `providersThrottleDuration`, 2 seconds by default. Cloudflare uses a changed rule everywhere within seconds. Neither
 * reports it.
 */
const SETTLE_MS = 5000;

/** A hook that waits until a change of one side of the lock is in use, before the other side changes. */
export function settled(name: string): ResourceHook {
  return new ResourceHook(`${name}-settled`, async () => {
    await setTimeout(SETTLE_MS);
  });
}
