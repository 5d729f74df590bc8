import { endToEndHeaders } from "./end-to-end-headers.ts";
import { HopFailure } from "./failure.ts";

/** How the length of a request's body is told to the origin. */
export type RequestFraming = "none" | "sized" | "chunked";

/** Sized when the visitor said how long, else chunked: the one rule, so that no request carries both. */
export function requestFraming(request: Request): RequestFraming {
  if (request.body === null) return "none";
  return /^\d{1,15}$/.test(request.headers.get("content-length") ?? "") ? "sized" : "chunked";
}

/** Set here and nowhere else; expect was answered by Cloudflare, which holds the visitor's connection. */
const replaced: ReadonlySet<string> = new Set(["host", "content-length", "expect", "x-forwarded-proto"]);

/**
 * The request line and headers as HTTP/1.1, the public Host kept. `upgrade` holds the headers of a WebSocket
 * handshake, which takes the place of `Connection: close`.
 */
export function requestHead(request: Request, upgrade?: readonly [string, string][]): string {
  const url = new URL(request.url);
  const framing = requestFraming(request);
  const length = request.headers.get("content-length");
  const clientAddress = request.headers.get("cf-connecting-ip");

  // Added last, so that a request with "Connection: cf-connecting-ip" cannot have them removed.
  const own: [string, string][] = [
    ["host", url.host],
    ["x-forwarded-proto", url.protocol.slice(0, -1)],
  ];
  if (clientAddress !== null) own.push(["cf-connecting-ip", clientAddress]);
  if (framing === "sized" && length !== null) own.push(["content-length", length]);
  if (framing === "chunked") own.push(["transfer-encoding", "chunked"]);
  if (framing === "none" && length === "0") own.push(["content-length", "0"]);
  own.push(...(upgrade ?? [["connection", "close"]]));

  const ownNames = new Set(own.map(([name]) => name));
  const passed = endToEndHeaders(request.headers).filter(
    ([name]) => !replaced.has(name) && !ownNames.has(name) && !(upgrade && name.startsWith("sec-websocket-")),
  );
  const lines = [...own, ...passed].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${requestTarget(request.url)} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/**
 * Path and query exactly as they came. `new URL()` would resolve `..` and rewrite some characters, and the
 * origin would route on another path than the one Cloudflare's firewall has seen.
 */
function requestTarget(url: string): string {
  // The runtime glues host and target together: "OPTIONS *" must not become a host that ends in "*".
  const [, target] = /^https?:\/\/[a-z0-9.:[\]_-]+([/?][\x21-\x7e]*|)$/i.exec(url) ?? [];
  if (target === undefined) {
    throw new HopFailure("request", 400, "the request target is no path of visible ASCII characters");
  }
  return target.startsWith("/") ? target : `/${target}`;
}
