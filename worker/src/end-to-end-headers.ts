/** Name and value as they came, in order; a name may be there several times. */
export type HeaderList = Iterable<readonly [name: string, value: string]>;

/**
 * Headers that are about one connection, or about the way a body is cut up on it (RFC 9110 section 7.6.1).
 * Trailer is one of them here because Workers can neither send nor receive trailers.
 */
const hopByHop: ReadonlySet<string> = new Set([
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

/** The headers that go on to the next hop, names in lower case: no hop-by-hop ones, none that Connection names. */
export function endToEndHeaders(headers: HeaderList): [name: string, value: string][] {
  const all = Array.from(headers, ([name, value]): [string, string] => [name.toLowerCase(), value]);
  const named = new Set(
    all
      .filter(([name]) => name === "connection")
      .flatMap(([, value]) => value.split(",").map((token) => token.trim().toLowerCase())),
  );
  return all.filter(([name]) => !hopByHop.has(name) && !named.has(name));
}
