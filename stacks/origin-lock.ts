import * as pulumi from "@pulumi/pulumi";
import { acceptedSerials, type LockStage } from "../components/public-edge/origin-lock/accepted-serials.ts";
import { LockSecret } from "../components/public-edge/origin-lock/lock-secret.ts";
import { TraefikLock } from "../components/public-edge/origin-lock/traefik-lock.ts";
import type { OriginLock } from "./config/parse.ts";

/**
 * How far the lock is, see {@link LockStage}. Each value is set once that is reached. The next `up` reads them, so they
 * are a part of the state and not only for people.
 */
export interface LockOutput {
  readonly serial: pulumi.Output<number>;
  readonly enforced: pulumi.Output<boolean>;
}

/** An origin lock that this `up` declares, whole or in part. */
export interface ActiveLock extends OriginLock {
  readonly before: LockStage | undefined;
}

/**
 * The lock as this `up` must have it. Turning it off takes two of them: the first one only stops demanding the secret.
 * Otherwise the Worker, which an update changes before it deletes the router, would stop sending it too early.
 */
export async function activeLock(lock: OriginLock): Promise<ActiveLock | undefined> {
  const before = await stageBefore();
  if (lock.enabled) return { ...lock, before };
  return before?.enforced === true ? { ...lock, serial: before.serial, before } : undefined;
}

/** Declares the secrets, which everything that sends them waits for. */
export function lockSecret({ serial, before, place }: ActiveLock): LockSecret {
  return new LockSecret("origin-lock", { accepted: acceptedSerials(serial, before), place });
}

/** Makes Traefik demand a secret, after the senders send it. */
export function deployLock(
  { serial, enforce, place }: OriginLock,
  { match }: LockSecret,
  senders: readonly pulumi.Resource[],
): LockOutput {
  const router = enforce ? new TraefikLock("traefik-lock", { place, match, senders }).router : undefined;
  const after = <T>(resources: readonly pulumi.Resource[], value: T) =>
    pulumi.all(resources.map(({ urn }) => urn)).apply(() => value);
  return {
    serial: after(senders, serial),
    enforced: after(router === undefined ? senders : [router], enforce),
  };
}

/**
 * The stage before this `up`, from the stack's own outputs. Undefined at first, and in the offline plan. A failed `up`
 * leaves the outputs of the one before, and the secret of that stage stays accepted.
 */
async function stageBefore(): Promise<LockStage | undefined> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    readonly outputs?: { readonly originLock?: LockStage };
  };
  return outputs?.originLock;
}
