import { connect } from "cloudflare:sockets";

import { within } from "./deadline.ts";
import { EdgeFailure } from "./edge-failure.ts";
import type { Settings } from "./settings.ts";

/** The two ways of a TLS connection; `close` ends both at once and may be called at any time. */
export interface OriginConnection {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly close: () => void;
}

/**
 * A TLS connection to the origin: its name is the SNI, and the certificate must be valid for it. TCP and TLS
 * are two steps (`starttls`, then `startTls()` with nothing said in between), because with
 * `secureTransport: "on"` the runtime reports a refused port and a refused certificate in the same words.
 */
export async function connectToOrigin(settings: Settings): Promise<OriginConnection> {
  const { hostname, port, connectTimeout } = settings;
  const deadline = Date.now() + connectTimeout;
  const tcp = connect({ hostname, port }, { secureTransport: "starttls", allowHalfOpen: false });
  await opened(tcp, "tcp", connectTimeout);
  const tls = tcp.startTls();
  await opened(tls, "tls", Math.max(1, deadline - Date.now()));
  return {
    readable: tls.readable as ReadableStream<Uint8Array>,
    writable: tls.writable as WritableStream<Uint8Array>,
    close: () => {
      closeQuietly(tls);
    },
  };
}

/** A socket that is already gone is as good as closed. */
function closeQuietly(socket: Socket): void {
  socket.close().catch(() => undefined);
}

async function opened(socket: Socket, hop: "tcp" | "tls", timeout: number): Promise<void> {
  // Rejects when the peer resets the connection; nobody else waits for it, and that would be logged as an error.
  socket.closed.catch(() => undefined);
  const late = () => new EdgeFailure(hop, 504, `no ${hop} connection within ${timeout} ms`);
  try {
    await within(timeout, socket.opened, late);
  } catch (error) {
    closeQuietly(socket);
    if (error instanceof EdgeFailure) throw error;
    throw new EdgeFailure(hop, 502, `${hop} connection failed`, error);
  }
}
