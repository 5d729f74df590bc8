import { EdgeFailure } from "./edge-failure.ts";
import type { ResponseHead } from "./response-parser.ts";

const encoder = new TextEncoder();

/** Whether the visitor requests a WebSocket; other upgrades are hop-by-hop and are not passed on. */
export function wantsWebSocket(request: Request): boolean {
  return request.method === "GET" && request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The handshake of the Worker's own connection: the visitor's key belongs to Cloudflare's connection. */
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

/** Throws unless the 101 matches this handshake (RFC 6455 section 4.1): a cached or forged one does not. */
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
    throw new EdgeFailure("response", 502, "the origin's 101 does not match the WebSocket handshake");
  }
}
