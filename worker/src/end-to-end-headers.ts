/** Names and values as received, in order; a name may occur several times. */
export type HeaderList = Iterable<readonly [name: string, value: string]>;

/**
 * Headers that apply to one connection or to the framing of a body on it (RFC 9110 section 7.6.1). Includes Trailer,
 * because Workers can neither send nor receive trailers.
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * The headers to pass on, names in lower case: without hop-by-hop headers and those that Connection names. Cloudflare's
 * own are passed on all the same: otherwise a visitor could remove them with "Connection: cf-connecting-ip".
 */
export function endToEndHeaders(headers: HeaderList): [name: string, value: string][] {
  const all = Array.from(headers, ([name, value]): [string, string] => [name.toLowerCase(), value]);
  const named = new Set(
    all
      .filter(([name]) => name === "connection")
      .flatMap(([, value]) => value.split(",").map((token) => token.trim().toLowerCase())),
  );
  return all.filter(([name]) => !HOP_BY_HOP.has(name) && (name.startsWith("cf-") || !named.has(name)));
}
