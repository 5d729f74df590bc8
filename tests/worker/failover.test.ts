import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authority, createAuthority } from "../../tools/worker-lab/certificates.ts";
import { originName } from "../../tools/worker-lab/funnel.ts";
import { type RawOrigin, type RawResponder, startRawOrigin } from "../../tools/worker-lab/raw-origin.ts";
import { startWorker } from "../../tools/worker-lab/workerd.ts";
import { type Answer, type Ask, ask } from "./visitor.ts";

const DATE = "Date: Tue, 24 Nov 2026 06:00:00 GMT\r\n";
const PLAIN = "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n";

let authority: Authority;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createAuthority("trusted");
});

afterAll(async () => {
  await Promise.all(cleanUp.map((stop) => stop()));
});

/** An origin that responds with its name, or as `respond` does; it counts the requests. */
async function origin(name: string, respond?: RawResponder): Promise<RawOrigin & { served: () => number }> {
  let served = 0;
  const started = await startRawOrigin(await authority.issue(originName), (request, connection) => {
    served += 1;
    if (respond) return respond(request, connection);
    connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`);
  });
  cleanUp.push(started.stop);
  return { ...started, served: () => served };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp.push(async () => {
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  cleanUp.pop();
  server.close();
  return port;
}

describe.each([
  ["a connection for each request", false],
  ["pooled connections", true],
])("with %s", (_, pool) => {
  async function edge(ports: readonly number[], bindings: Record<string, string> = {}) {
    const worker = await startWorker({
      bindings: { ORIGIN: ports.map((port) => `${originName}:${port}`).join(","), ...bindings },
      authorities: [authority.certificate],
      pool,
    });
    cleanUp.push(worker.stop);
    return (options: Ask = {}): Promise<Answer> => ask({ worker: worker.port }, options);
  }
  const text = ({ status, body }: Answer) => [status, body.toString()];

  test("the first origin gets all requests while it is healthy", async () => {
    const [first, second] = [await origin("first"), await origin("second")];
    const get = await edge([first.port, second.port]);
    for (let request = 0; request < 3; request += 1) expect(text(await get())).toEqual([200, "first"]);
    expect(second.accepted()).toBe(0);
  });

  test("the next origin gets a request, a POST too, if the first refuses the connection", async () => {
    const second = await origin("second");
    const get = await edge([await closedPort(), second.port]);
    expect(text(await get())).toEqual([200, "second"]);
    expect(text(await get({ method: "POST", body: "data" }))).toEqual([200, "second"]);
  });

  test("the next origin gets the whole body of a POST if the first refuses the connection", async () => {
    const second = await origin("second", (request, connection) => {
      expect(request.headers["content-length"]).toBe("1000000");
      let received = 0;
      connection.on("data", (bytes: Buffer) => {
        received += bytes.length;
        if (received === 1_000_000) connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole");
      });
    });
    const get = await edge([await closedPort(), second.port]);
    const body = Buffer.alloc(1_000_000, "x");
    expect(text(await get({ method: "POST", headers: { "content-length": "1000000" }, body }))).toEqual([
      200,
      "whole",
    ]);
  });

  test("the next origin gets a request if the first refuses TLS", async () => {
    const first = await startRawOrigin(await authority.issue("other.tail1234.ts.net"), () => undefined);
    cleanUp.push(first.stop);
    const second = await origin("second");
    const get = await edge([first.port, second.port]);
    expect(text(await get())).toEqual([200, "second"]);
  });

  test("the next origin gets a request within the connect timeout if the first accepts TCP and stays silent", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined).resume());
    const second = await origin("second");
    const get = await edge([await listening(silent), second.port], { CONNECT_TIMEOUT_MS: "1000" });
    expect(text(await get())).toEqual([200, "second"]);
  });

  test("a request whose origins all fail gets the page of the last failure", async () => {
    const silent = createServer((socket) => socket.on("error", () => undefined).resume());
    const get = await edge([await closedPort(), await listening(silent)], { CONNECT_TIMEOUT_MS: "1000" });
    const answer = await get();
    expect([answer.status, answer.headers["edge-failure"]]).toEqual([504, "tls"]);
  });

  test("the next origin gets a request that the first closes without a response; a POST is not repeated", async () => {
    const first = await origin("first", (_request, connection) => void connection.end());
    const second = await origin("second");
    const post = await (await edge([first.port, second.port]))({ method: "POST" });
    expect([post.status, post.headers["edge-failure"]]).toEqual([502, "response"]);
    expect([first.served(), second.served()]).toEqual([1, 0]);
    const get = await edge([first.port, second.port]);
    expect(text(await get())).toEqual([200, "second"]);
  });

  describe("a failure of the Funnel's proxy", () => {
    test.each([
      ["502 without a body", `HTTP/1.1 502 Bad Gateway\r\n${DATE}Content-Length: 0\r\n\r\n`],
      [
        "503 proxy is closed",
        `HTTP/1.1 503 Service Unavailable\r\n${PLAIN}${DATE}Content-Length: 16\r\n\r\nproxy is closed\n`,
      ],
      [
        "500 unknown proxy destination",
        `HTTP/1.1 500 Internal Server Error\r\n${PLAIN}${DATE}Content-Length: 26\r\n\r\nunknown proxy destination\n`,
      ],
    ])("%s: a GET goes to the next origin, a POST gets the response", async (_name, response) => {
      const first = await origin("first", (_request, connection) => void connection.write(response));
      const second = await origin("second");
      const post = await (await edge([first.port, second.port]))({ method: "POST" });
      expect([String(post.status), second.served()]).toEqual([response.slice(9, 12), 0]);
      const get = await edge([first.port, second.port]);
      expect(text(await get())).toEqual([200, "second"]);
      // The Worker sends a POST itself, and does not know what the pool has seen.
      expect(text(await get({ method: pool ? "GET" : "POST" }))).toEqual([200, "second"]);
      expect(first.served()).toBe(2);
    });

    test("of the only healthy origin reaches the visitor", async () => {
      const raw = `HTTP/1.1 502 Bad Gateway\r\n${DATE}Content-Length: 0\r\n\r\n`;
      const second = await origin("second", (_request, connection) => void connection.write(raw));
      const get = await edge([await closedPort(), second.port]);
      const { status, headers } = await get();
      expect([status, headers["edge-failure"]]).toEqual([502, undefined]);
    });
  });

  test.each([
    ["502 with a body", `HTTP/1.1 502 Bad Gateway\r\n${DATE}Content-Length: 11\r\n\r\nBad Gateway`],
    [
      "502 with a header of the application",
      `HTTP/1.1 502 Bad Gateway\r\n${DATE}X-Powered-By: app\r\nContent-Length: 0\r\n\r\n`,
    ],
    [
      "503 of Traefik",
      `HTTP/1.1 503 Service Unavailable\r\n${PLAIN}${DATE}Content-Length: 20\r\n\r\nno available server\n`,
    ],
    ["503 without a body", `HTTP/1.1 503 Service Unavailable\r\n${DATE}Content-Length: 0\r\n\r\n`],
    [
      "200 with the text of a failure",
      `HTTP/1.1 200 OK\r\n${PLAIN}Content-Length: 16\r\n\r\nproxy is closed\n`,
    ],
  ])("a %s reaches the visitor from the first origin", async (_name, response) => {
    const first = await origin("first", (_request, connection) => void connection.write(response));
    const second = await origin("second");
    const get = await edge([first.port, second.port]);
    for (let request = 1; request <= 2; request += 1) {
      expect(String((await get()).status)).toBe(response.slice(9, 12));
      expect(first.served()).toBe(request);
    }
    expect(second.accepted()).toBe(0);
  });

  test("a broken origin gets no request for some seconds, and is the first again after that", async () => {
    let broken = true;
    const raw = `HTTP/1.1 502 Bad Gateway\r\n${DATE}Content-Length: 0\r\n\r\n`;
    const healthy = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst";
    const first = await origin(
      "first",
      (_request, connection) => void connection.write(broken ? raw : healthy),
    );
    const second = await origin("second");
    const get = await edge([first.port, second.port]);
    const start = Date.now();
    expect(text(await get())).toEqual([200, "second"]);
    broken = false;
    expect(text(await get())).toEqual([200, "second"]);
    expect(first.served()).toBe(1);
    await expect
      .poll(async () => text(await get()), { timeout: 60_000, interval: 500 })
      .toEqual([200, "first"]);
    expect(Date.now() - start).toBeGreaterThan(4000);
  });

  test("origins that are all marked as broken are still tried", async () => {
    const raw = `HTTP/1.1 502 Bad Gateway\r\n${DATE}Content-Length: 0\r\n\r\n`;
    let broken = true;
    const respond: RawResponder = (_request, connection) =>
      void connection.write(broken ? raw : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    const [first, second] = [await origin("first", respond), await origin("second", respond)];
    const get = await edge([first.port, second.port]);
    expect((await get()).status).toBe(502);
    broken = false;
    expect(text(await get())).toEqual([200, "ok"]);
  });
});
