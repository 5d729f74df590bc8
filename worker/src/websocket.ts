import { Receiver, Sender } from "ws";

import { HopFailure } from "./failure.ts";
import type { OriginConnection } from "./origin-connection.ts";
import type { ResponseHead } from "./response-parser.ts";

/** The largest message that Workers take (their limit for a WebSocket message). */
const maxMessageBytes = 32 * 1024 * 1024;
const encoder = new TextEncoder();

/** True when the visitor asks for a WebSocket; other upgrades are hop-by-hop and are not passed on. */
export function wantsWebSocket(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The handshake of our own connection: the visitor's key belongs to the one that Cloudflare holds. */
export function handshakeHeaders(request: Request): [string, string][] {
  const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const protocols = request.headers.get("sec-websocket-protocol");
  return [
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
    ["sec-websocket-version", "13"],
    ["sec-websocket-key", key],
    ...(protocols === null ? [] : [["sec-websocket-protocol", protocols] satisfies [string, string]]),
  ];
}

/** Throws unless the 101 answers this handshake (RFC 6455 section 4.1): a cached or forged one does not. */
export async function checkHandshake(
  sent: readonly [string, string][],
  { headers }: ResponseHead,
): Promise<void> {
  const key = sent.find(([name]) => name === "sec-websocket-key")?.[1] ?? "";
  const digest = await crypto.subtle.digest(
    "SHA-1",
    encoder.encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`),
  );
  const accept = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const answer = new Map(Array.from(headers, ([name, value]) => [name.toLowerCase(), value]));
  if (answer.get("upgrade")?.toLowerCase() !== "websocket" || answer.get("sec-websocket-accept") !== accept) {
    throw new HopFailure("response", 502, "the origin's 101 does not answer the WebSocket handshake");
  }
}

/** Joins the visitor's WebSocket and the origin's frames; gives the end that goes into the 101 response. */
export function joinWebSocket(
  begun: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { writable, close }: OriginConnection,
): WebSocket {
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
  server.accept();
  server.addEventListener("message", ({ data }) => {
    const binary = typeof data !== "string";
    sender.send(binary ? new Uint8Array(data as ArrayBuffer) : data, {
      binary,
      compress: false,
      fin: true,
      mask: true,
    });
  });
  server.addEventListener("close", ({ code, reason }) => {
    sender.close(code === 1005 ? undefined : code, reason, true);
  });
  server.addEventListener("error", close);

  receiver.on("message", (data, isBinary) => {
    server.send(isBinary ? data : new TextDecoder().decode(data));
  });
  receiver.on("ping", (payload) => {
    sender.pong(payload, true);
  });
  receiver.on("conclude", (code, reason) => {
    server.close(code === 1005 ? undefined : code, new TextDecoder().decode(reason));
  });
  receiver.on("error", () => {
    server.close(1002, "invalid frame from the origin");
    close();
  });

  void receive(begun, reader, receiver).finally(() => {
    finish(server, close);
  });
  return visitor;
}

async function receive(
  begun: Uint8Array,
  reader: ReadableStreamDefaultReader<Uint8Array>,
  receiver: Receiver,
): Promise<void> {
  receiver.write(begun);
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    receiver.write(value);
  }
}

function finish(server: WebSocket, close: () => void): void {
  // 1011 is for an origin that went away without a close frame; after a close frame this changes nothing.
  if (server.readyState === WebSocket.READY_STATE_OPEN)
    server.close(1011, "the origin closed the connection");
  close();
}
