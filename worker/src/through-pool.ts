import { within } from "./deadline.ts";
import { EdgeFailure } from "./edge-failure.ts";
import { POOL_HEADER, TARGET_HEADER } from "./pool-protocol.ts";
import { requestTarget } from "./request-head.ts";
import type { PoolSettings, Settings } from "./settings.ts";

/** How long the Worker leaves out a pool that failed. */
const PAUSE_MS = 5000;

let pausedUntil = 0;

/**
 * Sends a request through the pool. Returns undefined if the Worker must send it itself: the pool has no free
 * connection, or the Durable Object failed (overloaded, unreachable, moved, used up for the day).
 */
export async function throughPool(
  request: Request,
  pool: PoolSettings,
  { connectTimeout, responseTimeout }: Settings,
): Promise<Response | undefined> {
  if (Date.now() < pausedUntil) return undefined;
  const headers = new Headers(request.headers);
  headers.set(TARGET_HEADER, requestTarget(request));
  const limit = connectTimeout + responseTimeout;
  const late = () => new EdgeFailure("response", 504, `no response of the pool within ${limit} ms`);
  try {
    const { namespace, objects, location } = pool;
    const name = String(await objectOf(request, objects));
    const stub = namespace.get(namespace.idFromName(name), location && { locationHint: location });
    const response = await within(limit, stub.fetch(request, { headers }), late);
    return response.headers.has(POOL_HEADER) ? undefined : response;
  } catch (error) {
    if (error instanceof EdgeFailure) throw error;
    pausedUntil = Date.now() + PAUSE_MS;
    console.error("pool: the Worker sends requests itself for a while", error);
    return undefined;
  }
}

/** One visitor's requests go to one object, so that they find the connections of earlier ones. */
async function objectOf(request: Request, objects: number): Promise<number> {
  if (objects === 1) return 0;
  const address = new TextEncoder().encode(request.headers.get("cf-connecting-ip") ?? "");
  const digest = await crypto.subtle.digest("SHA-256", address);
  return new DataView(digest).getUint32(0) % objects;
}
