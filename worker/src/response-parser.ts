import type { HeaderList } from "./end-to-end-headers.ts";
import { LlhttpParser } from "./llhttp.ts";

/** The head of the final response. `reason` may be empty. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderList;
}

/** How the response's body ends (RFC 9112 section 6.3). */
export type ResponseFraming =
  { readonly kind: "none" | "chunked" | "until-close" } | { readonly kind: "sized"; readonly length: number };

/** Cloudflare's limit for the headers of a response; interim responses count too. */
const MAX_HEAD_BYTES = 128 * 1024;
const STATUS_LINE_BYTES = "HTTP/1.1 200 ".length;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Parses one response: skips interim responses, decodes a chunked body, drops trailers. */
export class ResponseParser {
  head: ResponseHead | undefined;
  framing: ResponseFraming = { kind: "none" };
  /** Unparsed bytes after the head: the beginning of a body that is not chunked, or WebSocket frames. */
  rest: Uint8Array = new Uint8Array();
  complete = false;
  /** Whether version and Connection header allow another request on the connection. */
  keepAlive = false;
  hadInterim = false;

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
      onHeadersComplete: (status, keepAlive) => this.#headersComplete(status, keepAlive),
      onBody: (bytes) => {
        this.#input.set(bytes, this.#decoded);
        this.#decoded += bytes.byteLength;
      },
      onMessageComplete: () => (this.complete = this.head !== undefined),
    });
  }

  /**
   * Feeds bytes and returns the decoded data of a chunked body, written over the beginning of `bytes`: data is
   * never longer than its chunks. Throws if they are not a valid response.
   */
  push(bytes: Uint8Array): Uint8Array {
    this.#input = bytes;
    this.#decoded = 0;
    this.rest = this.#parser.execute(bytes) ?? this.rest;
    return bytes.subarray(0, this.#decoded);
  }

  /** Counts parsed bytes, not packets: the limit must not depend on how the head was cut. */
  #count(bytes: number): void {
    this.#headBytes += bytes;
    if (this.head === undefined && this.#headBytes > MAX_HEAD_BYTES) {
      throw new Error(`the head of the response is longer than ${MAX_HEAD_BYTES} bytes`);
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

  #headersComplete(status: number, keepAlive: boolean): "decode" | "leave" {
    this.#count(STATUS_LINE_BYTES + this.#reason.length);
    const headers = this.#lines.map(({ name, value }): [string, string] => [name, headerText(value)]);
    const reason = headerText(this.#reason);
    this.#lines = [];
    this.#reason = "";
    // Interim responses cannot be passed on: a Worker sends one response.
    if (status >= 100 && status < 200 && status !== 101) {
      this.hadInterim = true;
      return "decode";
    }
    this.keepAlive = keepAlive;
    this.head = { status, reason, headers };
    this.framing = responseFraming(this.#method, this.head);
    return this.framing.kind === "chunked" ? "decode" : "leave";
  }
}

/** Statuses without a body. Includes 205, because Workers refuse to create a 205 response with one. */
const BODILESS: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** llhttp has already refused a response with both framings, two lengths, or a length that is not a number. */
function responseFraming(method: string, { status, headers }: ResponseHead): ResponseFraming {
  const values = (wanted: string) =>
    Array.from(headers).flatMap(([name, value]) => (name.toLowerCase() === wanted ? [value] : []));
  if (method === "HEAD" || BODILESS.has(status)) return { kind: "none" };
  const encodings = values("transfer-encoding");
  if (encodings.length > 0) {
    // Another coding under chunked would have to be decoded here, because its header is hop-by-hop.
    if (encodings.length === 1 && encodings[0]?.trim().toLowerCase() === "chunked")
      return { kind: "chunked" };
    throw new Error(`unknown transfer-encoding "${encodings.join(", ")}"`);
  }
  const [text] = values("content-length");
  if (text === undefined) return { kind: "until-close" };
  const length = Number(text);
  if (!Number.isSafeInteger(length)) throw new Error(`content-length ${text} is too large`);
  return { kind: "sized", length };
}

/**
 * Workers write headers as UTF-8, so UTF-8 bytes pass through unchanged. Other bytes are read as Latin-1, and the
 * visitor receives the same characters in UTF-8.
 */
function headerText(binary: string): string {
  if (/^[\0-\x7f]*$/.test(binary)) return binary;
  try {
    return utf8.decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return binary;
  }
}

/** One character for each byte: a part may end within a character. */
function binaryString(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
