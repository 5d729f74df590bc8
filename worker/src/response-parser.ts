import type { HeaderList } from "./end-to-end-headers.ts";
import { LlhttpParser } from "./llhttp.ts";

/** The head of the final response. `reason` may be empty. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
}

/** How the end of the response's body is found (RFC 9112 section 6.3). */
export type ResponseFraming =
  { readonly kind: "none" | "chunked" | "until-close" } | { readonly kind: "sized"; readonly length: number };

/** Cloudflare's own limit for the headers of a response; interim responses count as well. */
const maxHeadBytes = 128 * 1024;
const statusLineBytes = "HTTP/1.1 200 ".length;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Parses one response: interim ones are skipped, of a chunked body the data comes out and trailers are dropped. */
export class ResponseParser {
  head: ResponseHead | undefined;
  framing: ResponseFraming = { kind: "none" };
  /** What came behind the head and was not parsed: the beginning of a body that is not chunked, or frames. */
  rest: Uint8Array = new Uint8Array();
  complete = false;

  readonly #method: string;
  readonly #parser: LlhttpParser;
  #input: Uint8Array = new Uint8Array();
  #decoded = 0;
  #headBytes = 0;
  #reason = "";
  #lines: { name: string; value: string }[] = [];
  #inValue = true;

  constructor(method: string) {
    this.#method = method;
    this.#parser = new LlhttpParser({
      onStatus: (bytes) => {
        this.#reason += binaryString(bytes);
      },
      onHeaderField: (bytes) => {
        this.#field(binaryString(bytes));
      },
      onHeaderValue: (bytes) => {
        this.#value(binaryString(bytes));
      },
      onHeadersComplete: (status) => this.#headersComplete(status),
      onBody: (bytes) => {
        this.#input.set(bytes, this.#decoded);
        this.#decoded += bytes.byteLength;
      },
      onMessageComplete: () => (this.complete = this.head !== undefined),
    });
  }

  /**
   * Feeds bytes; gives the data of a chunked body among them, written over the beginning of `bytes`: data is
   * never longer than its chunks. Throws when they are no valid response.
   */
  push(bytes: Uint8Array): Uint8Array {
    this.#input = bytes;
    this.#decoded = 0;
    this.rest = this.#parser.execute(bytes) ?? this.rest;
    return bytes.subarray(0, this.#decoded);
  }

  /** Counted here and not by packets: what is too long must not depend on how it was cut. */
  #count(bytes: number): void {
    this.#headBytes += bytes;
    if (this.head === undefined && this.#headBytes > maxHeadBytes) {
      throw new Error(`the head of the response is longer than ${maxHeadBytes} bytes`);
    }
  }

  #field(text: string): void {
    this.#count(text.length);
    if (this.#inValue) this.#lines.push({ name: "", value: "" });
    this.#inValue = false;
    this.#line().name += text;
  }

  #value(text: string): void {
    this.#count(text.length);
    this.#inValue = true;
    this.#line().value += text;
  }

  #line(): { name: string; value: string } {
    const line = this.#lines.at(-1);
    if (line === undefined) throw new Error("a header value without a name");
    return line;
  }

  #headersComplete(status: number): "decode" | "leave" {
    this.#count(statusLineBytes + this.#reason.length);
    const headers = this.#lines.map(({ name, value }): [string, string] => [name, headerText(value)]);
    const reason = headerText(this.#reason);
    this.#lines = [];
    this.#reason = "";
    // Interim responses cannot be passed on: a Worker answers once.
    if (status >= 100 && status < 200 && status !== 101) return "decode";
    this.head = { status, reason, headers };
    this.framing = responseFraming(this.#method, this.head);
    return this.framing.kind === "chunked" ? "decode" : "leave";
  }
}

/** Statuses without a body; 205 is one for Workers, which refuse to build such a response with one. */
const bodiless: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** llhttp has already refused a response with both lengths, two lengths, or one that is no number. */
function responseFraming(method: string, { status, headers }: ResponseHead): ResponseFraming {
  const values = (wanted: string) =>
    Array.from(headers).flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
  if (method === "HEAD" || bodiless.has(status)) return { kind: "none" };
  const encodings = values("transfer-encoding");
  if (encodings.length > 0) {
    // Another coding below chunked would need undoing here, as the header that tells of it is hop-by-hop.
    if (encodings.length === 1 && encodings[0]?.trim().toLowerCase() === "chunked")
      return { kind: "chunked" };
    throw new Error(`unknown transfer-encoding "${encodings.join(", ")}"`);
  }
  const [length] = values("content-length");
  return length === undefined ? { kind: "until-close" } : { kind: "sized", length: Number(length) };
}

/**
 * Workers write a header as UTF-8, so its bytes are read as UTF-8 and go through unchanged. Bytes that are none
 * are read as Latin-1, and the visitor gets the same characters in UTF-8.
 */
function headerText(binary: string): string {
  if (/^[\0-\x7f]*$/.test(binary)) return binary;
  try {
    return utf8.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return binary;
  }
}

/** One character for each byte: a span may end within a character. */
function binaryString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
