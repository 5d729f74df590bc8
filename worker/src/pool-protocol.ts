import { isRepeatable } from "./failover.ts";
import { wantsWebSocket } from "./websocket-handshake.ts";

/** Set on responses of the pool itself: it has not sent the request. Removed from responses of the origin. */
export const POOL_HEADER = "edge-pool";

/** The target of a request to the pool, exactly as the visitor sent it: the runtime rewrites the URL of a request. */
export const TARGET_HEADER = "edge-target";

/**
 * Whether a request may go through the pool: only one that can be repeated, because a kept connection may close, and a
 * Durable Object may move, while the origin already handles the request. A WebSocket would take its connection out of
 * the pool for good.
 */
export function isPoolable(request: Request): boolean {
  return isRepeatable(request) && !wantsWebSocket(request);
}
