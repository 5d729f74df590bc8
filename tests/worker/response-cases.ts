import fc from "fast-check";

/** The bytes of a response, and the method of its request. */
export interface ResponseCase {
  readonly method: string;
  readonly raw: Buffer;
  /** Where the origin cuts it into packets. */
  readonly cuts: readonly number[];
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/).map((name) => `x-${name}`);
const plainValue = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);
const value = fc.oneof(
  { arbitrary: plainValue, weight: 6 },
  { arbitrary: fc.constant(""), weight: 1 },
  { arbitrary: fc.constant("Grüße, 世界"), weight: 1 },
  { arbitrary: fc.constant("x".repeat(20_000)), weight: 1 },
);
const header = fc.oneof(
  { arbitrary: fc.tuple(token, value), weight: 8 },
  {
    arbitrary: fc.tuple(
      fc.constant("Set-Cookie"),
      fc.stringMatching(/^[a-z]=[a-z0-9]{1,9}; Path=\/, Secure$/),
    ),
    weight: 3,
  },
  { arbitrary: fc.constant(["Keep-Alive", "timeout=5"] as const), weight: 1 },
  { arbitrary: fc.constant(["Content-Encoding", "gzip"] as const), weight: 1 },
  { arbitrary: fc.constant(["Content-Type", "text/html; charset=utf-8"] as const), weight: 2 },
);
const padding = fc.constantFrom("", " ", "  ", "\t");
const headerLine = fc
  .tuple(header, padding, padding)
  .map(([[name, text], before, after]) => `${name}:${before}${text}${after}\r\n`);
const interim = fc.constantFrom(
  "",
  "HTTP/1.1 100 Continue\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\n",
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.integer({ min: 1, max: 200_000 }).map((size) => new Uint8Array(size).fill(size % 251)),
);
const status = fc.constantFrom(
  ..."200 OK|200 |201 Created|204 No Content|205 Reset Content|206 Partial Content|301 Moved Permanently".split(
    "|",
  ),
  ..."304 Not Modified|400 Bad Request|401 Unauthorized|404 Nicht gefunden|418 I'm a teapot|503 Unavailable|599 Odd".split(
    "|",
  ),
);
const trailers = fc.constantFrom("", "X-Checksum: 1\r\n", "X-Checksum: 1\r\nX-Other: 2\r\n");
const extension = fc.constantFrom("", ";name=value", ';name="quoted"');

const chunked = fc
  .tuple(body, fc.array(fc.nat(200_000), { maxLength: 6 }), extension, trailers)
  .map(([bytes, at, suffix, end]) => {
    const data = Buffer.from(bytes);
    const edges = [...at.map((position) => position % (data.length + 1)), data.length].sort((a, b) => a - b);
    const chunks = edges
      .map((edge, index) => data.subarray(edges[index - 1] ?? 0, edge))
      .filter((chunk) => chunk.length > 0);
    const parts = chunks.flatMap((chunk) => [
      Buffer.from(`${chunk.length.toString(16)}${suffix}\r\n`),
      chunk,
      Buffer.from("\r\n"),
    ]);
    return {
      header: "Transfer-Encoding: chunked\r\n",
      body: Buffer.concat([...parts, Buffer.from(`0${suffix}\r\n${end}\r\n`)]),
    };
  });
const sized = body.map((bytes) => ({
  header: `Content-Length: ${bytes.length}\r\n`,
  body: Buffer.from(bytes),
}));
const untilClose = body.map((bytes) => ({ header: "", body: Buffer.from(bytes) }));

/** A valid response. If its status or method allows no body, the body is left out and its length header is kept. */
export const validResponse: fc.Arbitrary<ResponseCase> = fc
  .record({
    method: fc.constantFrom("GET", "GET", "GET", "POST", "HEAD"),
    version: fc.constantFrom("1.1", "1.1", "1.1", "1.0"),
    interim,
    status,
    headers: fc.array(headerLine, { maxLength: 8 }),
    content: fc.oneof(sized, chunked, untilClose),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
  })
  // Chunked is unknown to HTTP/1.0, and a 204 must not have a length (RFC 9112 sections 6.1 and 6.2).
  .filter(({ version, content }) => version === "1.1" || !content.header.startsWith("Transfer"))
  .map(({ method, version, interim: before, status: line, headers, content, cuts }) => {
    const bodiless = method === "HEAD" || /^(204|205|304)/.test(line);
    const framing = line.startsWith("204")
      ? ""
      : line.startsWith("205")
        ? "Content-Length: 0\r\n"
        : content.header;
    const head = `${before}HTTP/${version} ${line}\r\n${headers.join("")}${framing}\r\n`;
    const raw = Buffer.concat([Buffer.from(head), bodiless ? Buffer.alloc(0) : content.body]);
    return { method, raw, cuts: cuts.map((at) => at % (raw.length + 1)).sort((a, b) => a - b) };
  });
