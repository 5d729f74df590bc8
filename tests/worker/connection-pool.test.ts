import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

interface Connection {
  readonly origin: object;
  readonly reader: { readonly peek: () => Promise<Uint8Array | undefined> };
  readonly close: () => void;
}

/** What the tests use of the class. */
interface ConnectionPool {
  open(connect: () => Promise<Connection>): Promise<Connection | undefined>;
  keep(connection: Connection, idleTimeout: number): void;
  take(origin: object): Promise<Connection | undefined>;
  discard(connection: Connection): void;
}

// The path is no literal: tsc would check the Worker's sources with the types of Node.
const PATH = "../../worker/src/connection-pool.ts";
const { ConnectionPool } = (await import(PATH)) as { readonly ConnectionPool: new () => ConnectionPool };

const origin = { hostname: "edge.tail1234.ts.net", port: 443 };
const other = { hostname: "other.tail1234.ts.net", port: 443 };
const IDLE_MS = 1000;

/** A connection on which `receive` is what the origin sends, or its close. */
function fakeConnection(to = origin) {
  const { promise, resolve: receive } = Promise.withResolvers<Uint8Array | undefined>();
  const close = vi.fn<() => void>();
  const connection: Connection = { origin: to, reader: { peek: () => promise }, close };
  return { connection, close, receive };
}

/** A pool with `count` connections to one origin; the first was released first. */
async function poolOf(count: number) {
  const pool = new ConnectionPool();
  const connections = Array.from({ length: count }, () => fakeConnection());
  for (const { connection } of connections) await pool.open(() => Promise.resolve(connection));
  for (const { connection } of connections) pool.keep(connection, IDLE_MS);
  return { pool, connections };
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.stubGlobal("scheduler", { wait: () => nextTurn() });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("take", () => {
  test("returns the connection that was idle longest, and each one once", async () => {
    const { pool, connections } = await poolOf(3);
    const taken = [await pool.take(origin), await pool.take(origin), await pool.take(origin)];
    expect(taken).toEqual(connections.map(({ connection }) => connection));
    expect(await pool.take(origin)).toBeUndefined();
  });

  test("gives two requests at once a connection each", async () => {
    const { pool, connections } = await poolOf(2);
    const taken = await Promise.all([pool.take(origin), pool.take(origin), pool.take(origin)]);
    expect(taken).toEqual([...connections.map(({ connection }) => connection), undefined]);
  });

  test("drops a connection whose unread bytes arrived before the request", async () => {
    const { pool, connections } = await poolOf(2);
    const [dirty, clean] = connections;
    void nextTurn().then(() => dirty?.receive(new Uint8Array([69])));
    expect(await pool.take(origin)).toBe(clean?.connection);
    expect(dirty?.close).toHaveBeenCalledOnce();
    expect(clean?.close).not.toHaveBeenCalled();
  });

  test("drops a connection that the origin has closed", async () => {
    const { pool, connections } = await poolOf(1);
    connections[0]?.receive(undefined);
    expect(await pool.take(origin)).toBeUndefined();
    expect(connections[0]?.close).toHaveBeenCalledOnce();
  });

  test("returns no connection to another origin", async () => {
    const { pool } = await poolOf(1);
    expect(await pool.take(other)).toBeUndefined();
  });
});

describe("keep", () => {
  test("closes the connection at the end of its idle time, not before", async () => {
    const { connections } = await poolOf(1);
    vi.advanceTimersByTime(IDLE_MS - 1);
    expect(connections[0]?.close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(connections[0]?.close).toHaveBeenCalledOnce();
  });

  test("closes each connection at the end of its own idle time", async () => {
    const pool = new ConnectionPool();
    const connections = [2 * IDLE_MS, IDLE_MS, 3 * IDLE_MS].map((idleTime) => ({
      idleTime,
      ...fakeConnection(),
    }));
    for (const { connection } of connections) await pool.open(() => Promise.resolve(connection));
    for (const { connection, idleTime } of connections) pool.keep(connection, idleTime);
    expect(vi.getTimerCount()).toBe(1);
    const closed = () => connections.map(({ close }) => close.mock.calls.length);
    const seen = [1, 2, 3].map(() => {
      vi.advanceTimersByTime(IDLE_MS - 1);
      const before = closed();
      vi.advanceTimersByTime(1);
      return [before, closed()];
    });
    expect(seen).toEqual([
      [
        [0, 0, 0],
        [0, 1, 0],
      ],
      [
        [0, 1, 0],
        [1, 1, 0],
      ],
      [
        [1, 1, 0],
        [1, 1, 1],
      ],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("counts the idle time of a connection from its latest use, with one timer", async () => {
    const { pool, connections } = await poolOf(1);
    for (let uses = 0; uses < 3; uses += 1) {
      vi.advanceTimersByTime(IDLE_MS - 1);
      const connection = await pool.take(origin);
      if (connection !== undefined) pool.keep(connection, IDLE_MS);
      expect(vi.getTimerCount()).toBe(1);
    }
    vi.advanceTimersByTime(IDLE_MS - 1);
    expect(connections[0]?.close).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(connections[0]?.close).toHaveBeenCalledOnce();
  });

  test("never closes a connection that was taken since", async () => {
    const { pool, connections } = await poolOf(1);
    await pool.take(origin);
    vi.advanceTimersByTime(IDLE_MS);
    expect(connections[0]?.close).not.toHaveBeenCalled();
  });
});

describe("open", () => {
  test("opens six connections, and the seventh once one is discarded", async () => {
    const pool = new ConnectionPool();
    const opened = Array.from({ length: 6 }, () => fakeConnection().connection);
    for (const connection of opened)
      expect(await pool.open(() => Promise.resolve(connection))).toBe(connection);
    const { connection: seventh } = fakeConnection();
    const connect = vi.fn(() => Promise.resolve(seventh));
    expect(await pool.open(connect)).toBeUndefined();
    expect(connect).not.toHaveBeenCalled();
    for (const connection of opened.slice(0, 1)) pool.discard(connection);
    expect(await pool.open(connect)).toBe(seventh);
  });

  test("closes the connection that was idle longest when the origin needs its place", async () => {
    const { pool, connections } = await poolOf(6);
    const { connection } = fakeConnection(other);
    expect(await pool.open(() => Promise.resolve(connection))).toBe(connection);
    expect(connections.map(({ close }) => close.mock.calls.length)).toEqual([1, 0, 0, 0, 0, 0]);
  });

  test("counts no connection that failed", async () => {
    const pool = new ConnectionPool();
    for (let failures = 0; failures < 10; failures += 1)
      await expect(pool.open(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    const { connection } = fakeConnection();
    expect(await pool.open(() => Promise.resolve(connection))).toBe(connection);
  });
});
