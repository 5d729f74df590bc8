/**
 * Responses that are malformed or ambiguous between two parsers. "refused": the Worker's 502 page; "broken": that
 * page, or a broken transfer if the head was already sent; "same": exactly what a strict client reads.
 */
export interface HostileResponse {
  readonly name: string;
  readonly raw: Buffer;
  readonly verdict: "refused" | "broken" | "same";
}

const OK = "HTTP/1.1 200 OK\r\n";
const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

const list: readonly (readonly [name: string, raw: string, verdict: HostileResponse["verdict"]])[] = [
  ["both lengths", `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nhello`, "refused"],
  [
    "both lengths, chunked first",
    `${OK}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nhello`,
    "refused",
  ],
  ["two different lengths", `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, "refused"],
  ["two equal lengths", `${OK}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`, "refused"],
  ["a list of lengths", `${OK}Content-Length: 5, 5\r\n\r\nhello`, "refused"],
  ["a negative length", `${OK}Content-Length: -1\r\n\r\nhello`, "refused"],
  ["a signed length", `${OK}Content-Length: +5\r\n\r\nhello`, "refused"],
  ["a hexadecimal length", `${OK}Content-Length: 0x5\r\n\r\nhello`, "refused"],
  ["a length above 64 bits", `${OK}Content-Length: 99999999999999999999\r\n\r\nhello`, "refused"],
  ["an empty length", `${OK}Content-Length:\r\n\r\nhello`, "refused"],
  ["an unknown transfer coding", `${OK}Transfer-Encoding: gzip\r\n\r\nhello`, "refused"],
  ["a coding below chunked", `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, "refused"],
  [
    "chunked twice",
    `${OK}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "refused",
  ],
  ["a coding that only looks like chunked", `${OK}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, "refused"],
  ["a folded header", `${OK}X-A: one\r\n two\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a folded first header", `${OK} X-A: one\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a space before the colon", `${OK}Content-Length : 5\r\n\r\nhello`, "refused"],
  ["a header without a name", `${OK}: value\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a header without a colon", `${OK}X-A\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a control character in a name", `${OK}X-\x01: a\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a NUL in a value", `${OK}X-A: a\0b\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a bare CR in a value", `${OK}X-A: a\rSet-Cookie: b=1\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["a bare LF in a value", `${OK}X-A: a\nSet-Cookie: b=1\r\nContent-Length: 0\r\n\r\n`, "refused"],
  ["bare LF as line ends", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "refused"],
  ["another version", "HTTP/1.2 200 OK\r\nContent-Length: 0\r\n\r\n", "refused"],
  ["no version", "200 OK\r\nContent-Length: 0\r\n\r\n", "refused"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", "refused"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", "refused"],
  ["a status 000", "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n", "refused"],
  ["lower case http", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "refused"],
  ["text before the status line", `hello\r\n${OK}Content-Length: 0\r\n\r\n`, "refused"],
  ["only interim responses", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "refused"],
  ["a chunk size that is no number", `${chunked}x\r\nhello\r\n0\r\n\r\n`, "broken"],
  ["a chunk size with a sign", `${chunked}+5\r\nhello\r\n0\r\n\r\n`, "broken"],
  ["a chunk size with 0x", `${chunked}0x5\r\nhello\r\n0\r\n\r\n`, "broken"],
  ["a space after a chunk size", `${chunked}5 \r\nhello\r\n0\r\n\r\n`, "broken"],
  ["a chunk size above 64 bits", `${chunked}10000000000000005\r\nhello\r\n0\r\n\r\n`, "broken"],
  ["a chunk longer than its size", `${chunked}5\r\nhello!\r\n0\r\n\r\n`, "broken"],
  ["a chunk shorter than its size", `${chunked}6\r\nhello\r\n0\r\n\r\n`, "broken"],
  ["a chunk ended by a bare LF", `${chunked}5\nhello\n0\n\n`, "broken"],
  ["no last chunk", `${chunked}5\r\nhello\r\n`, "broken"],
  ["a chunked body that ends within its trailers", `${chunked}0\r\nX-A: 1\r\n`, "broken"],
  ["a folded trailer", `${chunked}0\r\nX-A: 1\r\n 2\r\n\r\n`, "broken"],
  ["a body shorter than its length", `${OK}Content-Length: 6\r\n\r\nhello`, "broken"],
  [
    "a second response after the first",
    `${OK}Content-Length: 2\r\n\r\nok${OK}Content-Length: 4\r\n\r\nevil`,
    "same",
  ],
  ["bytes after the last chunk", `${chunked}2\r\nok\r\n0\r\n\r\n${OK}Content-Length: 4\r\n\r\nevil`, "same"],
  ["bytes after a 204", `HTTP/1.1 204 No Content\r\n\r\n${OK}Content-Length: 4\r\n\r\nevil`, "same"],
];

export const hostileResponses: readonly HostileResponse[] = list.map(([name, raw, verdict]) => ({
  name,
  raw: Buffer.from(raw, "latin1"),
  verdict,
}));
