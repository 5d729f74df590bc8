/** The Worker's bindings, all plain text. */
export interface Bindings {
  /** The Funnel's name in the tailnet, e.g. `ozilab-edge.tail1234.ts.net`; `:port` may follow, default 443. */
  readonly ORIGIN: string;
  /** Milliseconds for the TCP and the TLS handshake together. Default 10000. */
  readonly CONNECT_TIMEOUT_MS?: string;
  /** Milliseconds from the end of the request to the head of the response. Default 100000. */
  readonly RESPONSE_TIMEOUT_MS?: string;
}

/** Where requests go, and how long each stage may take. */
export interface Settings {
  readonly hostname: string;
  readonly port: number;
  readonly connectTimeout: number;
  readonly responseTimeout: number;
}

/** Reads and checks the bindings. Throws on an invalid value, so that a wrong deployment fails at once. */
export function readSettings(bindings: Bindings): Settings {
  const origin = /^([a-z0-9.-]+)(?::(\d{1,5}))?$/.exec(bindings.ORIGIN);
  if (origin?.[1] === undefined) {
    throw new Error(
      `binding ORIGIN is "${bindings.ORIGIN}", expected a host name such as "edge.tail1234.ts.net"`,
    );
  }
  return {
    hostname: origin[1],
    port: Number(origin[2] ?? 443),
    connectTimeout: milliseconds("CONNECT_TIMEOUT_MS", bindings.CONNECT_TIMEOUT_MS ?? "10000"),
    responseTimeout: milliseconds("RESPONSE_TIMEOUT_MS", bindings.RESPONSE_TIMEOUT_MS ?? "100000"),
  };
}

function milliseconds(name: string, value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) {
    throw new Error(`binding ${name} is "${value}", expected a whole number of milliseconds above 0`);
  }
  return Number(value);
}
