import type { ResponseParser } from "./response-parser.ts";

/**
 * Whether the connection can carry another request once this response is complete: only if every reading of the head
 * agrees on where the response ends. An origin that sends a body where HTTP has none, such as after HEAD, would
 * otherwise answer the next visitor with it.
 */
export function isReusable(parser: ResponseParser, method: string): boolean {
  const { head, framing, keepAlive, hadInterim, rest } = parser;
  if (head === undefined || !keepAlive || hadInterim || head.status === 101) return false;
  switch (framing.kind) {
    case "chunked":
      return parser.complete && rest.byteLength === 0;
    case "sized":
      return rest.byteLength <= framing.length;
    case "until-close":
      return false;
    case "none": {
      const lengths = valuesOf(parser, "content-length");
      const isEmpty =
        lengths.length === 0 ? method !== "HEAD" : lengths.every((length) => Number(length) === 0);
      return isEmpty && valuesOf(parser, "transfer-encoding").length === 0 && rest.byteLength === 0;
    }
  }
}

/** How long the origin keeps the connection by its Keep-Alive header, in milliseconds; Infinity if it does not say. */
export function keepAliveTimeout(parser: ResponseParser): number {
  const [, seconds] = /(?:^|[,;\s])timeout=(\d{1,9})/i.exec(valuesOf(parser, "keep-alive").join(",")) ?? [];
  return seconds === undefined ? Infinity : Number(seconds) * 1000;
}

function valuesOf({ head }: ResponseParser, wanted: string): string[] {
  return Array.from(head?.headers ?? []).flatMap(([name, value]) =>
    name.toLowerCase() === wanted ? [value] : [],
  );
}
