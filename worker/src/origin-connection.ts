import { connect } from "cloudflare:sockets";
import { within } from "./deadline.ts";
import { type FailureStage, OriginFailure } from "./edge-failure.ts";
import { RecyclingReader } from "./recycling-reader.ts";
import type { Origin } from "./settings.ts";

/** A TLS connection to an origin. `close` ends both directions at once and may be called at any time. */
export interface OriginConnection {
  readonly origin: Origin;
  readonly readable: ReadableStream<Uint8Array>;
  readonly reader: RecyclingReader;
  readonly writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly close: () => void;
}

/** How long the probe after a failed connection may take. */
const PROBE_TIMEOUT_MS = 1000;

/**
 * Opens a TLS connection to an origin: its name is the SNI, and the certificate must be valid for it.
 *
 * Not with `starttls`: on such a connection the runtime reports a lost TCP connection as the regular end of the data,
 * so a truncated body would look complete.
 *
 * @param timeout - milliseconds for TCP and TLS together
 */
export async function connectToOrigin(origin: Origin, timeout: number): Promise<OriginConnection> {
  const socket = connect({ ...origin }, { secureTransport: "on", allowHalfOpen: false });
  try {
    await opened(socket, timeout);
  } catch (error) {
    const status = error instanceof Late ? 504 : 502;
    const stage = await failedStage(origin, timeout);
    throw new OriginFailure(stage, status, `no connection: ${String(error)}`, error, false);
  }
  const readable = socket.readable as ReadableStream<Uint8Array>;
  return {
    origin,
    readable,
    reader: new RecyclingReader(readable),
    writer: (socket.writable as WritableStream<Uint8Array>).getWriter(),
    close: () => {
      closeQuietly(socket);
    },
  };
}

/** With TLS, the runtime reports a refused port and a refused certificate in the same words. A TCP connection tells. */
async function failedStage(origin: Origin, timeout: number): Promise<FailureStage> {
  const probe = connect({ ...origin }, { secureTransport: "off", allowHalfOpen: false });
  try {
    await opened(probe, Math.min(timeout, PROBE_TIMEOUT_MS));
    closeQuietly(probe);
    return "tls";
  } catch {
    return "tcp";
  }
}

class Late extends Error {}

async function opened(socket: Socket, timeout: number): Promise<void> {
  // Rejects when the peer resets the connection. Without a handler, the runtime logs that as an error.
  socket.closed.catch(() => undefined);
  try {
    await within(timeout, socket.opened, () => new Late(`nothing within ${timeout} ms`));
  } catch (error) {
    closeQuietly(socket);
    throw error;
  }
}

/** A socket that is already closed rejects the call. */
function closeQuietly(socket: Socket): void {
  socket.close().catch(() => undefined);
}
