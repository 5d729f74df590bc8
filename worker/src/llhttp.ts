import llhttpModule from "./llhttp.wasm";

/** Callbacks of a parser. The bytes are valid only during the call. */
export interface ParserEvents {
  onStatus(bytes: Uint8Array): void;
  onHeaderField(bytes: Uint8Array): void;
  onHeaderValue(bytes: Uint8Array): void;
  /** Decides about the body: `decode` reports it through onBody, `leave` stops after the head. */
  onHeadersComplete(status: number, keepAlive: boolean): "decode" | "leave";
  onBody(bytes: Uint8Array): void;
  /** Returns true to stop the parser: it does not read what follows. */
  onMessageComplete(): boolean;
}

/** The exports of the llhttp build in the undici package that are used here. */
interface Llhttp {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  llhttp_alloc(type: number): number;
  llhttp_free(parser: number): void;
  llhttp_execute(parser: number, at: number, length: number): number;
  llhttp_get_error_pos(parser: number): number;
  llhttp_get_error_reason(parser: number): number;
}

const TYPE_RESPONSE = 2;
const ERROR_PAUSED = 21;
const ERROR_PAUSED_UPGRADE = 22;
const LEAVE_AFTER_HEAD = 2;
const BUFFER_SIZE = 64 * 1024;

/** llhttp is synchronous, so all requests share one instance, one input buffer and one listener. */
let listener: ParserEvents;
const callback = (report: (bytes: Uint8Array) => void) => (_parser: number, at: number, length: number) => {
  report(new Uint8Array(llhttp.memory.buffer, at, length));
  return 0;
};
const instance = new WebAssembly.Instance(llhttpModule, {
  env: {
    wasm_on_message_begin: () => 0,
    wasm_on_url: () => 0,
    wasm_on_status: callback((bytes) => {
      listener.onStatus(bytes);
    }),
    wasm_on_header_field: callback((bytes) => {
      listener.onHeaderField(bytes);
    }),
    wasm_on_header_value: callback((bytes) => {
      listener.onHeaderValue(bytes);
    }),
    wasm_on_headers_complete: (_parser: number, status: number, _upgrade: number, keepAlive: number) =>
      listener.onHeadersComplete(status, keepAlive !== 0) === "decode" ? 0 : LEAVE_AFTER_HEAD,
    wasm_on_body: callback((bytes) => {
      listener.onBody(bytes);
    }),
    wasm_on_message_complete: () => (listener.onMessageComplete() ? ERROR_PAUSED : 0),
  },
});
const llhttp = instance.exports as unknown as Llhttp;
const buffer = llhttp.malloc(BUFFER_SIZE);

/** If a visitor leaves, the runtime drops the request without running finally blocks; this frees its parser. */
const abandoned = new FinalizationRegistry<number>((pointer) => {
  llhttp.llhttp_free(pointer);
});

/** One HTTP/1.1 response in llhttp's strict mode. */
export class LlhttpParser {
  readonly #pointer = llhttp.llhttp_alloc(TYPE_RESPONSE);
  readonly #events: ParserEvents;

  constructor(events: ParserEvents) {
    this.#events = events;
    abandoned.register(this, this.#pointer);
  }

  /**
   * Feeds bytes to the parser. Returns the unread bytes once it has stopped, else undefined. Throws what the
   * callbacks threw, or an Error with llhttp's reason if the bytes are not a valid response.
   */
  execute(bytes: Uint8Array): Uint8Array | undefined {
    for (let offset = 0; offset < bytes.byteLength; offset += BUFFER_SIZE) {
      const slice = bytes.subarray(offset, offset + BUFFER_SIZE);
      new Uint8Array(llhttp.memory.buffer, buffer, slice.byteLength).set(slice);
      listener = this.#events;
      const error = llhttp.llhttp_execute(this.#pointer, buffer, slice.byteLength);
      if (error === ERROR_PAUSED || error === ERROR_PAUSED_UPGRADE) {
        return bytes.subarray(offset + llhttp.llhttp_get_error_pos(this.#pointer) - buffer);
      }
      if (error !== 0) throw new Error(this.#reason());
    }
    return undefined;
  }

  #reason(): string {
    const from = new Uint8Array(llhttp.memory.buffer, llhttp.llhttp_get_error_reason(this.#pointer));
    return new TextDecoder().decode(from.subarray(0, from.indexOf(0)));
  }
}
