/** How far the lock was when the latest `up` that got so far ended. */
export interface LockStage {
  /** Serial of the secret that every sender has: the rules of all zones, and the Worker. */
  readonly serial: number;
  /** Whether Traefik demands it. */
  readonly enforced: boolean;
}

/** The secrets that Traefik accepts in an `up`, by their serials. */
export interface AcceptedSerials {
  /** The one that Cloudflare sends, then those that it may still have sent when the `up` began. */
  readonly serials: readonly [sent: number, ...before: number[]];
  /** Whether Traefik must accept them before Cloudflare sends the first one. */
  readonly first: boolean;
}

/**
 * Decides which secrets Traefik accepts in an `up`. The old secret of a rotation stays accepted until the next `up`,
 * because Cloudflare's network takes a while to use a changed rule everywhere.
 *
 * @param serial - of the secret to send
 * @param before - undefined if no secret is sent yet
 */
export function acceptedSerials(serial: number, before: LockStage | undefined): AcceptedSerials {
  if (before === undefined || before.serial === serial) return { serials: [serial], first: false };
  return { serials: [serial, before.serial], first: before.enforced };
}
