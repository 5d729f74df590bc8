import fc from "fast-check";
import { publicHost } from "../../tools/worker-lab/funnel.ts";

/** The bytes of a request, and where the visitor cuts them into packets. */
export interface RequestCase {
  readonly raw: Buffer;
  readonly cuts: readonly number[];
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]{0,20}$/).map((name) => `x-${name}`);
const value = fc.oneof(
  { arbitrary: fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/), weight: 6 },
  { arbitrary: fc.constant(""), weight: 1 },
  { arbitrary: fc.constant("Grüße, 世界"), weight: 1 },
  { arbitrary: fc.constant("x".repeat(10_000)), weight: 1 },
);
const header = fc.oneof(
  { arbitrary: fc.tuple(token, value), weight: 8 },
  { arbitrary: fc.constant(["Cookie", "a=1; b=2"] as const), weight: 1 },
  { arbitrary: fc.constant(["Authorization", "Bearer x.y.z"] as const), weight: 1 },
  { arbitrary: fc.constant(["TE", "trailers"] as const), weight: 1 },
  { arbitrary: fc.constant(["Keep-Alive", "timeout=5"] as const), weight: 1 },
  { arbitrary: fc.constant(["Accept-Encoding", "gzip, br"] as const), weight: 1 },
  { arbitrary: fc.constant(["Range", "bytes=0-99"] as const), weight: 1 },
);
const segment = fc.oneof(
  { arbitrary: fc.stringMatching(/^[A-Za-z0-9._~!$&'()*+,;=:@-]{0,12}$/), weight: 5 },
  {
    arbitrary: fc.constantFrom("..", ".", "", "%2e%2e", "%2F", "%00", "%zz", "a|b", '"', "\\", "{y}", "^"),
    weight: 2,
  },
);
/** Without < > ` and ", which workerd refuses. */
const query = fc.oneof(
  fc.constant(""),
  fc.stringMatching(/^[!$-;=?-_a-~]{0,40}$/).map((text) => `?${text}`),
);
const target = fc
  .tuple(fc.array(segment, { maxLength: 5 }), query)
  .map(([path, search]) => `/${path.join("/")}${search}`);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 1, max: 200_000 }).map((size) => new Uint8Array(size).fill(size % 251)),
);

const sized = body.map((bytes) => ({
  header: `Content-Length: ${bytes.length}\r\n`,
  body: Buffer.from(bytes),
}));
const chunked = fc
  .tuple(body, fc.constantFrom("", ";x=y"), fc.constantFrom("", "X-Sum: 1\r\n"))
  .map(([bytes, extension, trailer]) => {
    const half = Math.ceil(bytes.length / 2);
    const chunks = [bytes.subarray(0, half), bytes.subarray(half)].filter((chunk) => chunk.length > 0);
    const parts = chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
      chunk,
      Buffer.from("\r\n"),
    ]);
    return {
      header: "Transfer-Encoding: chunked\r\n",
      body: Buffer.concat([...parts, Buffer.from(`0\r\n${trailer}\r\n`)]),
    };
  });
const none = fc.constant({ header: "", body: Buffer.alloc(0) });

/** A valid request. Each one requests that the connection be closed, so that its end is known. */
export const validRequest: fc.Arbitrary<RequestCase> = fc
  .record({
    method: fc.constantFrom("GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    target,
    headers: fc.array(header, { maxLength: 8 }),
    content: fc.oneof(none, sized, chunked),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
  })
  .map(({ method, target: path, headers, content, cuts }) => {
    const unique = [...new Map(headers.map((line) => [line[0].toLowerCase(), line])).values()];
    const lines = unique.map(([name, text]) => `${name}: ${text}\r\n`).join("");
    const fixed = `Host: ${publicHost}\r\nConnection: close\r\n`;
    const raw = Buffer.concat([
      Buffer.from(`${method} ${path} HTTP/1.1\r\n${fixed}${lines}${content.header}\r\n`),
      content.body,
    ]);
    return { raw, cuts: cuts.map((at) => at % (raw.length + 1)).sort((a, b) => a - b) };
  });
