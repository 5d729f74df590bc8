/** Two TLS records. A thousand concurrent requests still leave most of the 128 MB that a Worker may use. */
const size = 32 * 1024;

/** Reads a byte stream into the same memory repeatedly, so that a long body creates no garbage. */
export class RecyclingReader {
  readonly #reader: ReadableStreamBYOBReader;
  #memory: ArrayBuffer = new ArrayBuffer(size);

  constructor(readable: ReadableStream<Uint8Array>) {
    this.#reader = readable.getReader({ mode: "byob" });
  }

  /** Returns the next bytes, undefined at the end. They are valid, and may be changed, until the next call. */
  async read(): Promise<Uint8Array | undefined> {
    const { value, done } = await this.#reader.read(new Uint8Array(this.#memory));
    if (done) return undefined;
    this.#memory = value.buffer;
    return value;
  }

  /** Unlocks the stream; the bytes of the last call stay valid. */
  release(): void {
    this.#reader.releaseLock();
  }
}
