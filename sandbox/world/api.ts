import { randomUUID } from "node:crypto";
import { setTimeout as elapsed } from "node:timers/promises";
import type { Table } from "./table.ts";
import type { World } from "./world.ts";

/** What is to go wrong at an API, once, a few times, or from some call on. */
export interface Fault {
  /** The operation as counted, such as `cloudflare POST /zones/{zone}/dns_records`, or its beginning. */
  readonly operation: string;
  /** How many matching calls go well before; default 0. */
  readonly after?: number;
  /** How many calls it then hits; default 1. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export type FaultEffect =
  | { readonly status: number }
  | { readonly slowMs: number }
  /** The provider's process dies: `before` the call did anything, or `after` it did and before it was told. */
  | { readonly crash: "before" | "after" };

/** An API's refusal. Its message is what the user sees. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What is yet to go wrong. */
export function faults(world: World): Table<Fault> {
  return world.table("faults");
}

/** Makes something go wrong in a later call. */
export function plantFault(world: World, fault: Fault): void {
  faults(world).set(randomUUID(), fault);
}

/** How often each API operation was called, failed calls and retries included. */
export function callCounts(world: World): Record<string, number> {
  return world.table<number>("calls").toJSON();
}

/**
 * One call of a simulated API: counted, hit by the faults planted for it, and kept as a whole or not at all.
 *
 * @param retries - how often the real provider tries again after 429 and 5xx before it gives up
 */
export async function apiCall<T>(world: World, operation: string, effect: () => T, retries = 0): Promise<T> {
  const calls = world.table<number>("calls");
  calls.set(operation, (calls.get(operation) ?? 0) + 1);
  const fault = dueFault(world, operation);
  if (fault && "slowMs" in fault) await elapsed(fault.slowMs);
  if (fault && "crash" in fault && fault.crash === "before") die(world);
  if (fault && "status" in fault) {
    world.commit();
    if (retries > 0) return await apiCall(world, operation, effect, retries - 1);
    throw new ApiError(fault.status, `${operation}: ${fault.status} ${reason(fault.status)}`);
  }
  try {
    return effect();
  } finally {
    world.commit();
    if (fault && "crash" in fault) die(world);
  }
}

function dueFault(world: World, operation: string): FaultEffect | undefined {
  const planted = faults(world);
  let due: FaultEffect | undefined;
  for (const [id, fault] of [...planted]) {
    if (!operation.startsWith(fault.operation)) continue;
    const { after = 0, times = 1 } = fault;
    if (after > 0) {
      planted.set(id, { ...fault, after: after - 1 });
      continue;
    }
    due ??= fault.effect;
    if (times > 1) planted.set(id, { ...fault, times: times - 1 });
    else planted.delete(id);
  }
  return due;
}

function die(world: World): never {
  world.commit();
  process.kill(process.pid, "SIGKILL");
  throw new Error("unreachable: the process is gone");
}

function reason(status: number): string {
  return status === 429 ? "Too Many Requests" : status >= 500 ? "Internal Server Error" : "Refused";
}
