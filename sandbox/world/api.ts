import { randomUUID } from "node:crypto";
import { setTimeout as elapsed } from "node:timers/promises";
import type { Table } from "./table.ts";
import type { World } from "./world.ts";

/** A fault to inject into calls of an API. */
export interface Fault {
  /** Prefix of the operation as counted, such as `cloudflare POST /zones/{zone}/dns_records`. */
  readonly operation: string;
  /** How many matching calls succeed first; default 0. */
  readonly after?: number;
  /** How many calls fail then; default 1. */
  readonly times?: number;
  readonly effect: FaultEffect;
}

export type FaultEffect =
  /** The call fails with this HTTP status and has no effect. */
  | { readonly status: number }
  /** The call takes this many milliseconds longer. */
  | { readonly slowMs: number }
  /** The providers' process crashes: `before` the call takes effect, or `after` it and before the answer. */
  | { readonly crash: "before" | "after" };

/** An error response of an API. The user sees its message. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Faults that have not been used up. */
export function faults(world: World): Table<Fault> {
  return world.table("faults");
}

/** Injects a fault into later calls. */
export function injectFault(world: World, fault: Fault): void {
  faults(world).set(randomUUID(), fault);
}

/** How often each API operation was called, including failed calls and retries. */
export function callCounts(world: World): Record<string, number> {
  return world.table<number>("calls").toJSON();
}

/**
 * Makes one call of a simulated API. It is counted, subject to injected faults, and recorded as a whole.
 *
 * @param retries - how often the real provider retries after 429 and 5xx
 */
export async function apiCall<T>(world: World, operation: string, effect: () => T, retries = 0): Promise<T> {
  const calls = world.table<number>("calls");
  calls.set(operation, (calls.get(operation) ?? 0) + 1);
  const fault = dueFault(world, operation);
  if (fault && "slowMs" in fault) await elapsed(fault.slowMs);
  if (fault && "crash" in fault && fault.crash === "before") crash(world);
  if (fault && "status" in fault) {
    world.commit();
    if (retries > 0) return await apiCall(world, operation, effect, retries - 1);
    throw new ApiError(fault.status, `${operation}: ${fault.status} ${statusText(fault.status)}`);
  }
  try {
    return effect();
  } finally {
    world.commit();
    if (fault && "crash" in fault) crash(world);
  }
}

function dueFault(world: World, operation: string): FaultEffect | undefined {
  const injected = faults(world);
  let due: FaultEffect | undefined;
  for (const [id, fault] of [...injected]) {
    if (!operation.startsWith(fault.operation)) continue;
    const { after = 0, times = 1 } = fault;
    if (after > 0) {
      injected.set(id, { ...fault, after: after - 1 });
      continue;
    }
    due ??= fault.effect;
    if (times > 1) injected.set(id, { ...fault, times: times - 1 });
    else injected.delete(id);
  }
  return due;
}

function crash(world: World): never {
  world.commit();
  process.kill(process.pid, "SIGKILL");
  throw new Error("unreachable: the process was killed");
}

function statusText(status: number): string {
  return status === 429 ? "Too Many Requests" : status >= 500 ? "Internal Server Error" : "Refused";
}
