import type { OriginConnection } from "./origin-connection.ts";
import type { Origin } from "./settings.ts";

/**
 * Six connections may be open at once in a request, by Cloudflare's page on limits. It does not say whether a Durable
 * Object has more, so a pool assumes that it has not.
 */
const MAX_CONNECTIONS = 6;

interface IdleConnection {
  readonly connection: OriginConnection;
  /** Milliseconds since 1970. */
  readonly expiry: number;
}

/** The connections of one Durable Object to its origins: open ones are counted, idle ones can be used again. */
export class ConnectionPool {
  #open = 0;
  /** The most recently used one is the last. */
  #idle: IdleConnection[] = [];
  /** One timer for all: to set and clear one for each request would cost more than to parse its response. */
  #timer: { readonly id: number; readonly due: number } | undefined;

  /** Opens a connection, or returns undefined if all that are allowed are in use. */
  async open(connect: () => Promise<OriginConnection>): Promise<OriginConnection | undefined> {
    if (this.#open >= MAX_CONNECTIONS) this.#dropOldest();
    if (this.#open >= MAX_CONNECTIONS) return undefined;
    this.#open += 1;
    try {
      return await connect();
    } catch (error) {
      this.#open -= 1;
      throw error;
    }
  }

  /** Closes a connection that is in use. */
  discard(connection: OriginConnection): void {
    this.#open -= 1;
    connection.close();
  }

  /**
   * Keeps a connection for a later request. It is closed after `idleTimeout` milliseconds, and as soon as the origin
   * closes it or sends anything: no request is pending, so those bytes belong to no response.
   */
  keep(connection: OriginConnection, idleTimeout: number): void {
    const idle = { connection, expiry: Date.now() + idleTimeout };
    this.#idle.push(idle);
    this.#wake(idle.expiry);
    const drop = () => {
      this.#drop(idle);
    };
    connection.reader.peek().then(drop, drop);
  }

  /**
   * Returns an idle connection to the origin, undefined if there is none. Takes the one that was idle longest, and lets
   * the runtime read what has arrived on it: {@link keep} drops a connection on which the origin sent anything.
   */
  async take(origin: Origin): Promise<OriginConnection | undefined> {
    const longestIdle = () => this.#idle.find(({ connection }) => connection.origin === origin);
    for (let idle = longestIdle(); idle !== undefined; idle = longestIdle()) {
      await scheduler.wait(0);
      if (this.#remove(idle)) return idle.connection;
    }
    return undefined;
  }

  /** Idle connections to another origin would otherwise take up the places of those that are needed. */
  #dropOldest(): void {
    const [oldest] = this.#idle;
    if (oldest !== undefined) this.#drop(oldest);
  }

  #remove(idle: IdleConnection): boolean {
    const index = this.#idle.indexOf(idle);
    if (index === -1) return false;
    this.#idle.splice(index, 1);
    return true;
  }

  #drop(idle: IdleConnection): void {
    if (this.#remove(idle)) this.discard(idle.connection);
  }

  /** Closes what has expired at `due`. The timer stays when its connection is taken, and then closes nothing. */
  #wake(due: number): void {
    if (this.#timer !== undefined && this.#timer.due <= due) return;
    clearTimeout(this.#timer?.id ?? null);
    const id = setTimeout(() => {
      this.#timer = undefined;
      for (const idle of this.#idle.filter(({ expiry }) => expiry <= Date.now())) this.#drop(idle);
      if (this.#idle.length > 0) this.#wake(Math.min(...this.#idle.map(({ expiry }) => expiry)));
    }, due - Date.now());
    this.#timer = { id, due };
  }
}
