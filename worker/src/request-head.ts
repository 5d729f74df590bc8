import { EdgeFailure } from "./edge-failure.ts";
import { endToEndHeaders, type HeaderList } from "./end-to-end-headers.ts";
import { LOCK_HEADER } from "./lock-header.ts";
import { TARGET_HEADER } from "./pool-protocol.ts";
import type { Settings } from "./settings.ts";

/** How the origin learns the length of a request's body. */
export type RequestFraming =
  { readonly kind: "none" | "chunked" } | { readonly kind: "sized"; readonly length: number };

/** Sized if the visitor declared a length, else chunked: decided once, so that no request carries both. */
export function requestFraming(request: Request): RequestFraming {
  if (request.body === null) return { kind: "none" };
  const length = request.headers.get("content-length") ?? "";
  return /^\d{1,15}$/.test(length) ? { kind: "sized", length: Number(length) } : { kind: "chunked" };
}

/** Not passed on: the Worker frames the body again, Cloudflare answers Expect,
 * because it reads the body, and any visitor can write X-Forwarded-For. */
const DROPPED: ReadonlySet<string> = new Set(["content-length", "expect", "x-forwarded-for", TARGET_HEADER]);

/**
 * The request line and headers as HTTP/1.1, with the public Host.
 *
 * @param connectionHeaders - `Connection: close`, those of a WebSocket handshake, or none to keep the connection
 */
export function requestHead(
  request: Request,
  connectionHeaders: HeaderList,
  { lock }: Pick<Settings, "lock">,
  target = requestTarget(request),
): string {
  const url = new URL(request.url);
  const own: (readonly [string, string])[] = [
    ["host", url.host],
    ["x-forwarded-proto", url.protocol.slice(0, -1)],
    ...bodyHeaders(request),
    ...connectionHeaders,
  ];
  const address = request.headers.get("cf-connecting-ip");
  if (address !== null) own.push(["cf-connecting-ip", address], ["x-forwarded-for", address]);
  if (lock !== undefined) own.push([LOCK_HEADER, lock]);

  const ownNames = new Set(own.map(([name]) => name));
  const upgrades = ownNames.has("upgrade");
  const passed = endToEndHeaders(request.headers).filter(
    ([name]) => !DROPPED.has(name) && !ownNames.has(name) && !(upgrades && name.startsWith("sec-websocket-")),
  );
  const lines = [...own, ...passed].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${request.method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

function bodyHeaders(request: Request): [string, string][] {
  const framing = requestFraming(request);
  switch (framing.kind) {
    case "chunked":
      return [["transfer-encoding", "chunked"]];
    case "sized":
      return [["content-length", String(framing.length)]];
    case "none":
      return request.headers.get("content-length") === "0" ? [["content-length", "0"]] : [];
  }
}

/**
 * Path and query exactly as received. `new URL()` resolves `..` and rewrites some characters, so the origin would
 * route on another path than the one that Cloudflare's firewall checked. The runtime concatenates Host and target,
 * so both are checked: "OPTIONS *" must not become a host that ends in "*", nor "Host: app.example.com/admin" a path.
 */
export function requestTarget({ url, headers }: Request): string {
  const [, target] = /^https?:\/\/[a-z0-9.:[\]_-]+([/?][\x21-\x7e]*|)$/i.exec(url) ?? [];
  if (target === undefined || !/^[a-z0-9.:[\]_-]*$/i.test(headers.get("host") ?? "")) {
    throw new EdgeFailure(
      "request",
      400,
      "the host or the target of the request has a character it must not have",
    );
  }
  return target.startsWith("/") ? target : `/${target}`;
}
