/** Two TLS records. A thousand concurrent requests still leave most of the 128 MB that a Worker may use. */
const SIZE = 32 * 1024;
/** For the rest of a long body: every read costs CPU time of the Worker, however much it returns. */
const BULK_SIZE = 256 * 1024;
/** A full read within this time means that the next bytes are about to arrive. */
const FAST_MS = 100;

/** Reads a byte stream into the same memory repeatedly, so that a long body creates no garbage. */
export class RecyclingReader {
  readonly #reader: ReadableStreamBYOBReader;
  #memory = new ArrayBuffer(SIZE);
  #wait = 1;
  #peeked: Promise<Uint8Array | undefined> | undefined;

  constructor(readable: ReadableStream<Uint8Array>) {
    this.#reader = readable.getReader({ mode: "byob" });
  }

  /** Returns the next bytes, undefined at the end. They are valid, and may be changed, until the next call. */
  async read(limit = Infinity, atLeast = 1): Promise<Uint8Array | undefined> {
    const peeked = this.#peeked;
    this.#peeked = undefined;
    if (peeked !== undefined) return await peeked;
    const view = new Uint8Array(this.#memory, 0, Math.min(this.#memory.byteLength, limit));
    const { value } = await this.#reader.readAtLeast(atLeast, view);
    if (value === undefined) return undefined;
    this.#memory = value.buffer;
    // At the end, fewer bytes than requested may be left.
    return value.byteLength === 0 ? undefined : value;
  }

  /**
   * Returns the next bytes of a body that has `remaining` more, and none after it. While the body arrives fast, it
   * waits for more bytes at a time: up to 256 KiB, or the rest of the body.
   */
  async readBody(remaining: number): Promise<Uint8Array | undefined> {
    if (this.#wait > SIZE && this.#memory.byteLength < BULK_SIZE) this.#memory = new ArrayBuffer(BULK_SIZE);
    const atLeast = Math.min(this.#wait, remaining, this.#memory.byteLength);
    const start = Date.now();
    const bytes = await this.read(remaining, atLeast);
    const isFast = Date.now() - start < FAST_MS && (bytes?.byteLength ?? 0) >= Math.max(this.#wait, SIZE / 2);
    this.#wait = isFast ? Math.min(this.#wait * 4, BULK_SIZE) : 1;
    return bytes;
  }

  /** Settles when the stream has bytes, has ended or has failed. The next read, without a limit, returns the bytes. */
  peek(): Promise<Uint8Array | undefined> {
    this.#peeked ??= this.read();
    return this.#peeked;
  }

  /** Unlocks the stream; the bytes of the last call stay valid. */
  release(): void {
    this.#reader.releaseLock();
  }
}
