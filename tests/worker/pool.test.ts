import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authority, createAuthority } from "../../tools/worker-lab/certificates.ts";
import { originName, publicHost } from "../../tools/worker-lab/funnel.ts";
import { type RawOrigin, type RawResponder, startRawOrigin } from "../../tools/worker-lab/raw-origin.ts";
import { type RunningWorker, startWorker, type WorkerOptions } from "../../tools/worker-lab/workerd.ts";
import { ask } from "./visitor.ts";

let authority: Authority;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createAuthority("trusted");
});

afterAll(async () => {
  await Promise.all(cleanUp.map((stop) => stop()));
});

async function start(
  respond: RawResponder,
  bindings: Record<string, string> = {},
  options: Partial<WorkerOptions> = {},
): Promise<{ origin: RawOrigin; worker: RunningWorker; get: (path: string) => Promise<string> }> {
  const origin = await startRawOrigin(await authority.issue(originName), respond);
  const worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${origin.port}`, ...bindings },
    authorities: [authority.certificate],
    pool: true,
    ...options,
  });
  cleanUp.push(origin.stop, worker.stop);
  const get = async (path: string) => (await ask({ worker: worker.port }, { path })).body.toString();
  return { origin, worker, get };
}

function sized(body: string, headers = ""): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

const echo: RawResponder = ({ target }, connection) => void connection.write(sized(target));

describe("a connection is used again", () => {
  test("by later requests, of other visitors too, without Connection: close", async () => {
    const seen: unknown[] = [];
    const { origin, get } = await start((request, connection) => {
      seen.push(request.headers["connection"]);
      return echo(request, connection);
    });
    for (const path of ["/1", "/2?x={y}", "/a/../b"]) expect(await get(path)).toBe(path);
    expect([origin.accepted(), seen]).toEqual([1, [undefined, undefined, undefined]]);
  });

  test("after a chunked response, and after a 204 and a 304 without a length", async () => {
    const responses = [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
      "HTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
    ];
    const { origin, get } = await start((request, connection) => {
      const raw = responses.shift();
      return raw === undefined ? echo(request, connection) : void connection.write(raw);
    });
    expect([await get("/1"), await get("/2"), await get("/3"), await get("/4")]).toEqual([
      "ok",
      "",
      "",
      "/4",
    ]);
    expect(origin.accepted()).toBe(1);
  });
});

describe("a connection is not used again", () => {
  test.each([
    ["Connection: close", sized("x", "Connection: close\r\n")],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx"],
    ["an interim response", `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${sized("x")}`],
    ["a 304 with a length", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"],
    ["a Keep-Alive that is about to end", sized("x", "Keep-Alive: timeout=1\r\n")],
    ["bytes after the body", `${sized("x")}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil`],
    ["bytes after the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nevil"],
  ])("after %s", async (_, raw) => {
    const { origin, get } = await start((request, connection) =>
      request.target === "/first" ? void connection.write(raw) : echo(request, connection),
    );
    await get("/first");
    expect(await get("/second")).toBe("/second");
    expect(origin.accepted()).toBe(2);
  });

  test("after HEAD, so that a body the origin should not have sent answers nobody", async () => {
    const { origin, worker, get } = await start((request, connection) => {
      if (request.method === "HEAD") connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
      else void echo(request, connection);
    });
    const head = await ask({ worker: worker.port }, { method: "HEAD" });
    expect([head.status, head.body.toString()]).toEqual([200, ""]);
    expect(await get("/next")).toBe("/next");
    expect(origin.accepted()).toBe(2);
  });

  test("when the origin sends a response that nobody requested, while it is idle", async () => {
    const { origin, get } = await start((request, connection) => {
      void echo(request, connection);
      if (request.target === "/first") setTimeout(() => connection.write(sized("evil")), 30);
    });
    expect(await get("/first")).toBe("/first");
    await expect.poll(origin.open, { timeout: 10_000 }).toBe(0);
    expect(await get("/second")).toBe("/second");
    expect(origin.accepted()).toBe(2);
  });

  test("once it has been idle for IDLE_TIMEOUT_MS", async () => {
    const { origin, get } = await start(echo, { IDLE_TIMEOUT_MS: "100" });
    await get("/1");
    await expect.poll(origin.open, { timeout: 10_000 }).toBe(0);
    expect(await get("/2")).toBe("/2");
    expect(origin.accepted()).toBe(2);
  });

  test("when the visitor leaves within the response", async () => {
    const { origin, worker, get } = await start((request, connection) => {
      if (request.target !== "/endless") return echo(request, connection);
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n");
      const writing = setInterval(() => connection.write(Buffer.alloc(100_000)), 5);
      connection.on("close", () => {
        clearInterval(writing);
      });
    });
    // More than the pool may open, to show that each one is freed.
    for (let visit = 0; visit < 8; visit += 1) {
      const visitor = httpRequest({
        host: "127.0.0.1",
        port: worker.port,
        agent: false,
        path: "/endless",
        headers: { host: publicHost },
      });
      visitor.on("error", () => undefined).end();
      const [response] = (await once(visitor, "response")) as [IncomingMessage];
      await once(response, "data");
      visitor.destroy();
    }
    await expect.poll(origin.open, { timeout: 10_000 }).toBe(0);
    const before = origin.accepted();
    for (const path of ["/1", "/2", "/3"]) expect(await get(path)).toBe(path);
    expect(origin.accepted()).toBe(before + 1);
  });
});

describe("a request has a connection of its own", () => {
  test("if it is not safe to repeat", async () => {
    const seen: unknown[] = [];
    const { origin, worker } = await start(({ method, headers }, connection) => {
      seen.push([method, headers["connection"]]);
      connection.write(sized("ok"));
    });
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const { body } = await ask({ worker: worker.port }, { method });
      expect(body.toString()).toBe("ok");
    }
    expect(seen).toEqual(["POST", "PUT", "DELETE", "PATCH"].map((method) => [method, "close"]));
    expect(origin.accepted()).toBe(4);
  });

  test("if all six connections of the pool are in use", async () => {
    const waiting: (() => void)[] = [];
    const connections: unknown[] = [];
    const { origin, get } = await start(({ target, headers }, connection) => {
      connections.push(headers["connection"]);
      waiting.push(() => connection.write(sized(target)));
      if (waiting.length === 20) for (const respond of waiting) respond();
    });
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
    expect(await Promise.all(paths.map(get))).toEqual(paths);
    expect(connections.filter((value) => value === "close")).toHaveLength(14);
    expect(origin.accepted()).toBe(20);
  });

  test("if the Durable Object fails, and for a while afterwards", async () => {
    const poolScript = `import { DurableObject } from "cloudflare:workers";
      export class OriginPool extends DurableObject {
        fetch() { console.log("asked"); throw new Error("Durable Object is overloaded"); }
      }`;
    const { origin, worker, get } = await start(echo, {}, { poolScript });
    for (const path of ["/1", "/2", "/3"]) expect(await get(path)).toBe(path);
    expect(origin.accepted()).toBe(3);
    expect(worker.log().match(/asked/g)).toHaveLength(1);
  });
});

test("a request is repeated on a new connection if the origin closes a kept one without a response", async () => {
  let requests = 0;
  const { origin, get } = await start((request, connection) => {
    requests += 1;
    if (requests === 2) connection.destroy();
    else return echo(request, connection);
  });
  expect([await get("/1"), await get("/2")]).toEqual(["/1", "/2"]);
  expect([origin.accepted(), requests]).toEqual([2, 3]);
});

test("a request is sent once on a new connection, and its failure has the page of its stage", async () => {
  let requests = 0;
  const { worker } = await start((_request, connection) => {
    requests += 1;
    connection.destroy();
  });
  const answer = await ask({ worker: worker.port }, {});
  expect([answer.status, answer.headers["edge-failure"], requests]).toEqual([502, "response", 1]);
});

test("headers that the Worker and the pool exchange are neither taken from nor passed to anyone else", async () => {
  const seen: unknown[] = [];
  const { worker } = await start((request, connection) => {
    seen.push([request.target, request.headers["edge-target"]]);
    connection.write(sized("ok", "Edge-Pool: unavailable\r\n"));
  });
  const answer = await ask({ worker: worker.port }, { path: "/a", headers: { "edge-target": "/b" } });
  expect([answer.status, answer.headers["edge-pool"]]).toEqual([200, undefined]);
  expect(seen).toEqual([["/a", undefined]]);
});

test("a port without a listener is reported as by a Worker without a pool", async () => {
  const { origin, worker } = await start(echo);
  await origin.stop();
  cleanUp.splice(cleanUp.indexOf(origin.stop), 1);
  const answer = await ask({ worker: worker.port }, {});
  expect([answer.status, answer.headers["edge-failure"]]).toEqual([502, "tcp"]);
});
