/**
 * The two classes of the `ws` package that handle WebSocket frames without sockets or HTTP. Typed here because
 * `@types/ws` leaves them out and imports the types of Node, which conflict with those of Workers.
 */

/** Turns the peer's bytes into messages; an invalid frame is an `error` event. */
export class Receiver {
  constructor(options: { isServer: boolean; binaryType: "arraybuffer"; maxPayload: number });
  on(event: "message", listener: (data: ArrayBuffer | Uint8Array, isBinary: boolean) => void): this;
  on(event: "ping", listener: (payload: Uint8Array) => void): this;
  on(event: "conclude", listener: (code: number, reason: Uint8Array) => void): this;
  on(event: "error", listener: (error: Error & { readonly code: string }) => void): this;
  write(chunk: Uint8Array): boolean;
}

/** What a Sender needs of a socket. */
export interface FrameSink {
  cork(): void;
  uncork(): void;
  write(frame: Uint8Array): void;
}

/** Frames messages, masked as RFC 6455 section 5.3 requires of a client. */
export class Sender {
  constructor(socket: FrameSink);
  send(
    data: string | Uint8Array,
    options: { binary: boolean; compress: boolean; fin: boolean; mask: boolean },
  ): void;
  pong(payload: Uint8Array, mask: boolean): void;
  close(code: number | undefined, reason: string, mask: boolean): void;
}
