import { Receiver, Sender } from "ws";

import type { OriginConnection } from "./origin-connection.ts";

/** The largest WebSocket message that Workers accept, by Cloudflare's page on limits. */
const maxMessageBytes = 32 * 1024 * 1024;
/** Codes that report a missing code or frame and must not be sent (RFC 6455 section 7.4.1). */
const closedWithoutCode = 1005;
const closedWithoutFrame = 1006;
/** A byte order mark is part of a message. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Joins the visitor's WebSocket and the origin's frames; gives the end that goes into the 101 response. */
export function joinWebSocket(begun: Uint8Array, { readable, writable, close }: OriginConnection): WebSocket {
  const [visitor, server] = Object.values(new WebSocketPair()) as [WebSocket, WebSocket];
  const writer = writable.getWriter();
  const sender = new Sender({
    cork: () => undefined,
    uncork: () => undefined,
    // A failed write shows as the end of the reading side, which closes the visitor's WebSocket.
    write: (frame) => void writer.write(frame).catch(() => undefined),
  });
  const receiver = new Receiver({ isServer: false, binaryType: "arraybuffer", maxPayload: maxMessageBytes });

  server.binaryType = "arraybuffer";
  // Half open, so that the visitor's close waits for the origin's answer; else the runtime would end the
  // request, and with it the connection to the origin, before the close frame is out.
  server.accept({ allowHalfOpen: true });
  server.addEventListener("message", ({ data }) => {
    const binary = typeof data !== "string";
    const bytes = binary ? new Uint8Array(data as ArrayBuffer) : data;
    sender.send(bytes, { binary, compress: false, fin: true, mask: true });
  });
  server.addEventListener("close", ({ code, reason }) => {
    if (code === closedWithoutFrame) close();
    else sender.close(code === closedWithoutCode ? undefined : code, reason, true);
  });
  server.addEventListener("error", close);

  let concluded = false;
  const conclude = (code: number, reason: string) => {
    if (concluded) return;
    concluded = true;
    if (code === closedWithoutCode) server.close();
    else server.close(code, reason);
  };
  receiver.on("message", (data, isBinary) => {
    server.send(isBinary ? data : utf8.decode(data));
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

  const ended = () => {
    conclude(1011, "the origin closed the connection");
    close();
  };
  receive(begun, readable, receiver).then(ended, ended);
  return visitor;
}

async function receive(
  begun: Uint8Array,
  readable: ReadableStream<Uint8Array>,
  receiver: Receiver,
): Promise<void> {
  receiver.write(begun);
  for await (const bytes of readable) receiver.write(bytes);
}
