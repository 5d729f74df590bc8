import { publicHost } from "../../tools/worker-lab/funnel.ts";

/** Closes the connection, and shows whether the request before it was split or swallowed this one. */
const next = `GET /next HTTP/1.1\r\nHost: ${publicHost}\r\nConnection: close\r\n\r\n`;
const host = `Host: ${publicHost}\r\n`;
const post = `POST /hostile HTTP/1.1\r\n${host}`;
const get = `GET /hostile HTTP/1.1\r\n${host}`;
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;

/** What arrives besides `/next`: nothing, the same as on a direct connection, or one request with this target and headers. */
export type Verdict =
  "refused" | "same" | { readonly target: string; readonly headers: Readonly<Record<string, string>> };

const clean = { target: "/hostile", headers: {} };

/** Requests that are malformed or ambiguous between two servers. None may arrive as a different request. */
const list: readonly (readonly [name: string, raw: string, verdict: Verdict])[] = [
  ["both lengths", `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`, clean],
  [
    "both lengths, chunked first",
    `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n${next}`,
    clean,
  ],
  ["two different lengths", `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!${next}`, "refused"],
  ["a list of different lengths", `${post}Content-Length: 5, 6\r\n\r\nhello!${next}`, "refused"],
  ["a signed length", `${post}Content-Length: +5\r\n\r\nhello${next}`, "refused"],
  ["a negative length", `${post}Content-Length: -5\r\n\r\nhello${next}`, "refused"],
  ["a hexadecimal length", `${post}Content-Length: 0x5\r\n\r\nhello${next}`, "refused"],
  ["a length above 64 bits", `${post}Content-Length: 18446744073709551621\r\n\r\nhello${next}`, "refused"],
  ["a length with a space within", `${post}Content-Length: 5 0\r\n\r\nhello${next}`, "refused"],
  ["an unknown transfer coding", `${post}Transfer-Encoding: gzip\r\n\r\nhello${next}`, "refused"],
  [
    "chunked and another coding",
    `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${next}`,
    "refused",
  ],
  [
    "chunked twice",
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${next}`,
    clean,
  ],
  [
    "a coding with a vertical tab",
    `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n${next}`,
    "refused",
  ],
  [
    "a coding that only looks like chunked",
    `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${next}`,
    "refused",
  ],
  ["a space before the colon", `${post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n${next}`, "refused"],
  ["a folded header", `${get}X-A: one\r\n two\r\n\r\n${next}`, "refused"],
  ["a folded transfer coding", `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${next}`, "refused"],
  ["a header without a name", `${get}: value\r\n\r\n${next}`, "refused"],
  ["a header without a colon", `${get}X-A\r\n\r\n${next}`, "refused"],
  ["a NUL in a value", `${get}X-A: a\0b\r\n\r\n${next}`, "refused"],
  ["a bare CR in a value", `${get}X-A: a\rX-B: b\r\n\r\n${next}`, "refused"],
  [
    "a bare LF in a value",
    `${get}X-A: a\nX-B: b\r\n\r\n${next}`,
    { target: "/hostile", headers: { "x-a": "a", "x-b": "b" } },
  ],
  ["bare LF as line ends", `GET /hostile HTTP/1.1\nHost: ${publicHost}\n\n${next}`, clean],
  ["a control character in a name", `${get}X-\x01: a\r\n\r\n${next}`, "refused"],
  ["a space in the target", `GET /a b HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  ["a control character in the target", `GET /a\x01b HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  ["a non-ASCII character in the target", `GET /\xe9 HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  [
    "a target that is another URL",
    `GET http://evil.example/ HTTP/1.1\r\n${host}\r\n${next}`,
    { target: "/", headers: {} },
  ],
  [
    "a target that is an authority",
    `GET evil.example:443 HTTP/1.1\r\n${host}\r\n${next}`,
    { target: "/", headers: {} },
  ],
  ["a target that is an asterisk", `OPTIONS * HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  ["a target that carries on the host", `GET @evil.example/ HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  ["no host", `GET /hostile HTTP/1.1\r\n\r\n${next}`, "refused"],
  ["two hosts", `${get}Host: evil.example\r\n\r\n${next}`, "refused"],
  ["a host with a path", `GET /hostile HTTP/1.1\r\nHost: ${publicHost}/evil\r\n\r\n${next}`, "refused"],
  ["a host with a user", `GET /hostile HTTP/1.1\r\nHost: evil@${publicHost}\r\n\r\n${next}`, "refused"],
  ["an unknown method", `BREW /hostile HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  ["a method in lower case", `get /hostile HTTP/1.1\r\n${host}\r\n${next}`, "refused"],
  ["HTTP/2.0", `GET /hostile HTTP/2.0\r\n${host}\r\n${next}`, "refused"],
  ["no version", `GET /hostile\r\n${next}`, "refused"],
  ["a chunk size that is no number", `${chunked}x\r\nhello\r\n0\r\n\r\n${next}`, "refused"],
  ["a chunk size with a sign", `${chunked}+5\r\nhello\r\n0\r\n\r\n${next}`, "refused"],
  ["a chunk size with 0x", `${chunked}0x5\r\nhello\r\n0\r\n\r\n${next}`, "refused"],
  ["a chunk size above 64 bits", `${chunked}10000000000000005\r\nhello\r\n0\r\n\r\n${next}`, "refused"],
  ["a chunk longer than its size", `${chunked}5\r\nhello!\r\n0\r\n\r\n${next}`, "refused"],
  ["a chunk ended by a bare LF", `${chunked}5\nhello\n0\n\n${next}`, "refused"],
  ["a second request after the first", `${get}\r\n${next}`, "same"],
  ["a second request after a body", `${post}Content-Length: 5\r\n\r\nhello${next}`, "same"],
  ["a body of a GET", `${get}Content-Length: ${next.length}\r\n\r\n${next}${next}`, "same"],
  [
    "Connection that names the visitor's address",
    `${get}CF-Connecting-IP: 203.0.113.7\r\nConnection: cf-connecting-ip\r\n\r\n${next}`,
    { target: "/hostile", headers: { "cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "203.0.113.7" } },
  ],
  [
    "Connection that names other headers of Cloudflare",
    `${get}CF-Ray: 1\r\nCF-IPCountry: XX\r\nConnection: cf-ray, CF-IPCountry\r\n\r\n${next}`,
    { target: "/hostile", headers: { "cf-ray": "1", "cf-ipcountry": "XX" } },
  ],
  [
    "a forged X-Forwarded-For",
    `${get}X-Forwarded-For: 198.51.100.9\r\nCF-Connecting-IP: 203.0.113.7\r\n\r\n${next}`,
    { target: "/hostile", headers: { "cf-connecting-ip": "203.0.113.7", "x-forwarded-for": "203.0.113.7" } },
  ],
  [
    "a forged X-Forwarded-For without Cloudflare",
    `${get}X-Forwarded-For: 198.51.100.9\r\n\r\n${next}`,
    clean,
  ],
  ["Connection that names a header", `${get}X-Secret: 1\r\nConnection: x-secret\r\n\r\n${next}`, clean],
];

export const hostileRequests = list.map(([name, raw, verdict]) => ({
  name,
  raw: Buffer.from(raw, "latin1"),
  verdict,
}));
