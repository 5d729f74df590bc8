import { Receiver, Sender } from "ws";
import type { OriginConnection } from "./origin-connection.ts";

/** The largest WebSocket message that Workers accept, by Cloudflare's page on limits. */
const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** How much may wait for a peer that reads too slowly, beyond one message. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;
const POLL_MS = 20;
/** Codes that report a missing code or frame and must not be sent (RFC 6455 section 7.4.1). */
const CLOSED_WITHOUT_CODE = 1005;
const CLOSED_WITHOUT_FRAME = 1006;
/** A byte order mark is part of a message. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Joins the visitor's WebSocket and the origin's frames. Returns the end that goes into the 101 response.
 *
 * Workers cannot stop a visitor from sending, so one that sends faster than the origin reads is closed with 1013. An
 * origin that sends faster than the visitor reads has to wait.
 *
 * @param patience - milliseconds that a peer may take to answer a close frame, or to read anything that waits for it
 */
export function joinWebSocket(
  begun: Uint8Array,
  { reader, writer, close }: OriginConnection,
  patience: number,
): WebSocket {
  const [visitor, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
  let pendingBytes = 0;
  const sender = new Sender({
    cork: () => undefined,
    uncork: () => undefined,
    write: (frame) => {
      pendingBytes += frame.byteLength;
      const written = () => (pendingBytes -= frame.byteLength);
      // A failed write shows as the end of the reading side, which closes the visitor's WebSocket.
      writer.write(frame).then(written, written);
    },
  });
  const receiver = new Receiver({
    isServer: false,
    binaryType: "arraybuffer",
    maxPayload: MAX_MESSAGE_BYTES,
  });

  let closing = false;
  // A peer that ignores the close frame would otherwise keep the connection.
  const expectClose = () => {
    if (!closing) setTimeout(close, patience);
    closing = true;
  };
  let concluded = false;
  const conclude = (code: number, reason: string) => {
    if (concluded) return;
    concluded = true;
    expectClose();
    if (code === CLOSED_WITHOUT_CODE) server.close();
    else server.close(code, reason);
  };
  const giveUp = (reason: string) => {
    conclude(1013, reason);
    if (pendingBytes > MAX_PENDING_BYTES) close();
    else sender.close(1013, reason, true);
  };

  server.binaryType = "arraybuffer";
  // Half open, so that the visitor's close waits for the origin's; otherwise the runtime would end the request, and
  // with it the connection to the origin, before the close frame is sent.
  server.accept({ allowHalfOpen: true });
  server.addEventListener("message", ({ data }) => {
    if (concluded) return;
    if (pendingBytes > MAX_PENDING_BYTES) {
      giveUp("the origin reads too slowly");
      return;
    }
    const binary = typeof data !== "string";
    const bytes = binary ? new Uint8Array(data as ArrayBuffer) : data;
    sender.send(bytes, { binary, compress: false, fin: true, mask: true });
  });
  server.addEventListener("close", ({ code, reason }) => {
    expectClose();
    if (code === CLOSED_WITHOUT_FRAME) close();
    else sender.close(code === CLOSED_WITHOUT_CODE ? undefined : code, reason, true);
  });
  server.addEventListener("error", close);

  receiver.on("message", (data, isBinary) => {
    if (!concluded) server.send(isBinary ? data : utf8.decode(data));
  });
  receiver.on("ping", (payload) => {
    sender.pong(payload, true);
  });
  receiver.on("conclude", (code, reason) => {
    conclude(code, utf8.decode(reason));
  });
  receiver.on("error", ({ code }) => {
    if (code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") conclude(1009, "message too large");
    else conclude(1002, "invalid frame from the origin");
    close();
  });

  const receive = async () => {
    // Copies, because the receiver keeps a part of a message until the rest arrives, and the reader reuses its memory.
    receiver.write(begun.slice());
    for (let bytes = await reader.read(); bytes !== undefined; bytes = await reader.read()) {
      receiver.write(bytes.slice());
      if (!concluded && !(await drained(server, patience))) giveUp("the visitor reads too slowly");
    }
  };
  const ended = () => {
    conclude(1011, "the origin closed the connection");
    close();
  };
  receive().then(ended, ended);
  return visitor;
}

/** Waits until few bytes wait for the visitor. Returns false if it has read nothing for `patience` milliseconds. */
async function drained(server: WebSocket, patience: number): Promise<boolean> {
  let pending = server.bufferedAmount;
  let since = Date.now();
  while (server.bufferedAmount > MAX_PENDING_BYTES) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (server.readyState !== WebSocket.READY_STATE_OPEN) return true;
    if (server.bufferedAmount < pending) since = Date.now();
    pending = server.bufferedAmount;
    if (Date.now() - since > patience) return false;
  }
  return true;
}
