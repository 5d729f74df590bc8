import type { ResponseParser } from "./response-parser.ts";

/** Responses that tailscaled writes with Go's http.Error (ipn/ipnlocal/serve.go). */
const ERROR_TEXTS: ReadonlyMap<number, string> = new Map([
  [500, "unknown proxy destination\n"],
  [503, "proxy is closed\n"],
]);
/** What Go's server adds to a response that has no headers. */
const SERVER_HEADERS: ReadonlySet<string> = new Set(["connection", "content-length", "date"]);

/**
 * Whether the Funnel's proxy wrote this response itself, and not the application or Traefik. The proxy sets no header
 * of its own, but its responses are exactly these: a 502 with neither a body nor any header that describes one, if it
 * does not reach the Service; and the error texts above. Traefik's own errors have a body with another text.
 */
export function isProxyFailure({ head, framing, rest }: ResponseParser): boolean {
  if (head === undefined || head.status < 500) return false;
  const names = new Set(Array.from(head.headers, ([name]) => name.toLowerCase()));
  if (head.status === 502) {
    const hasNoBody = framing.kind === "none" || (framing.kind === "sized" && framing.length === 0);
    return hasNoBody && [...names].every((name) => SERVER_HEADERS.has(name));
  }
  const text = ERROR_TEXTS.get(head.status);
  return text !== undefined && names.has("x-content-type-options") && new TextDecoder().decode(rest) === text;
}
