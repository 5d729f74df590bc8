import { once } from "node:events";
import { WebSocket } from "ws";

/** A script of a running workerd, by its service name there. */
export type ScriptName = "edge" | "pool";

interface HeapUsage {
  readonly usedSize: number;
  readonly embedderHeapUsedSize: number;
  /** Memory of ArrayBuffers, which is outside the JavaScript heap. */
  readonly backingStorageSize: number;
}

interface Message {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Speaks the Chrome DevTools protocol with one script. */
export class Inspector {
  readonly #webSocket: WebSocket;
  readonly #pending = new Map<number, (message: Message) => void>();
  #lastId = 0;

  private constructor(webSocket: WebSocket) {
    this.#webSocket = webSocket;
    webSocket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      this.#pending.get(message.id ?? 0)?.(message);
    });
  }

  static async connect(port: number, script: ScriptName): Promise<Inspector> {
    const webSocket = new WebSocket(`ws://127.0.0.1:${port}/${script}`);
    await once(webSocket, "open");
    return new Inspector(webSocket);
  }

  /** Sends one command, e.g. `Profiler.start`, and returns its result. */
  async send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId;
    const answered = new Promise<Message>((resolve) => this.#pending.set(id, resolve));
    this.#webSocket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answered;
    this.#pending.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  /** Bytes that the script still uses, exactly: everything else is collected first. */
  async liveBytes(): Promise<number> {
    await this.send("HeapProfiler.collectGarbage");
    const usage = (await this.send("Runtime.getHeapUsage")) as HeapUsage;
    return usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize;
  }

  close(): void {
    this.#webSocket.close();
  }
}
