/** The Worker's bindings. All are plain text, except POOL and ORIGIN_LOCK. */
export interface Bindings {
  /**
   * The Funnel's name in the tailnet, e.g. `ozilab-edge.tail1234.ts.net`; `:port` may follow, default 443. Those of
   * other clusters that serve the same hostnames follow after commas.
   */
  readonly ORIGIN: string;
  /** Milliseconds for TCP and TLS together, and for a WebSocket peer to close or to read. Default 10000. */
  readonly CONNECT_TIMEOUT_MS?: string;
  /** Milliseconds from the end of the request to the head of the response, and for each write. Default 100000. */
  readonly RESPONSE_TIMEOUT_MS?: string;
  /** Milliseconds for which the pool keeps an idle connection. Default 15000. */
  readonly IDLE_TIMEOUT_MS?: string;
  /** The secret that the origin demands of every request, a binding of type secret_text. Default: none. */
  readonly ORIGIN_LOCK?: string;
  /** The Durable Objects that keep connections. Without it, every request has its own connection. */
  readonly POOL?: DurableObjectNamespace;
  /** How many objects share the requests. Default 1. */
  readonly POOL_OBJECTS?: string;
  /** Where Cloudflare places new objects, e.g. `weur`. Default: near the first visitor. */
  readonly POOL_LOCATION?: string;
}

/** One Funnel. */
export interface Origin {
  readonly hostname: string;
  readonly port: number;
}

/** Where requests go, and how long each stage may take, in milliseconds. */
export interface Settings {
  /** The first healthy one receives the request. */
  readonly origins: readonly Origin[];
  readonly connectTimeout: number;
  readonly responseTimeout: number;
  readonly idleTimeout: number;
  /** The secret of the origin lock, if there is one. */
  readonly lock: string | undefined;
}

/** The Durable Objects that keep connections, how many there are, and where. */
export interface PoolSettings {
  readonly namespace: DurableObjectNamespace;
  readonly objects: number;
  readonly location: DurableObjectLocationHint | undefined;
}

/** Reads and checks the bindings. Throws on an invalid value, so that a wrong deployment fails at once. */
export function readSettings(bindings: Bindings): Settings {
  return {
    origins: bindings.ORIGIN.split(",").map(readOrigin),
    connectTimeout: positive("CONNECT_TIMEOUT_MS", bindings.CONNECT_TIMEOUT_MS ?? "10000"),
    responseTimeout: positive("RESPONSE_TIMEOUT_MS", bindings.RESPONSE_TIMEOUT_MS ?? "100000"),
    idleTimeout: positive("IDLE_TIMEOUT_MS", bindings.IDLE_TIMEOUT_MS ?? "15000"),
    lock: bindings.ORIGIN_LOCK,
  };
}

function readOrigin(text: string): Origin {
  const [, hostname, port] = /^([a-z0-9.-]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  if (hostname === undefined) {
    throw new Error(`binding ORIGIN is "${text}", expected a host name such as "edge.tail1234.ts.net"`);
  }
  return { hostname, port: Number(port ?? 443) };
}

/** Returns undefined without a pool. Throws on an invalid value. */
export function readPoolSettings(bindings: Bindings): PoolSettings | undefined {
  if (bindings.POOL === undefined) return undefined;
  return {
    namespace: bindings.POOL,
    objects: positive("POOL_OBJECTS", bindings.POOL_OBJECTS ?? "1"),
    location: bindings.POOL_LOCATION as DurableObjectLocationHint | undefined,
  };
}

function positive(name: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new Error(`binding ${name} is "${value}", expected a whole number above 0`);
  }
  return Number(value);
}
