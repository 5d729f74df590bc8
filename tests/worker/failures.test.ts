import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Authority, createAuthority } from "../../tools/worker-lab/certificates.ts";
import {
  connectionOf,
  originName,
  publicHost,
  readRequest,
  startFunnel,
} from "../../tools/worker-lab/funnel.ts";
import { startWorker } from "../../tools/worker-lab/workerd.ts";
import { ask } from "./visitor.ts";

let trusted: Authority;
let unknown: Authority;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  trusted = await createAuthority("trusted");
  unknown = await createAuthority("unknown");
});

afterAll(async () => {
  await Promise.all(cleanUp.map((stop) => stop()));
});

async function edge(port: number, bindings: Record<string, string> = {}, name = originName) {
  const worker = await startWorker({
    bindings: { ORIGIN: `${name}:${port}`, ...bindings },
    authorities: [trusted.certificate],
  });
  cleanUp.push(worker.stop);
  return worker;
}

async function funnel(...[identity, listener]: Parameters<typeof startFunnel>) {
  const started = await startFunnel(identity, listener);
  cleanUp.push(started.stop);
  return started;
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

describe("a request that succeeds", () => {
  test("carries the origin's name as SNI, the public name as Host, the visitor's address and the scheme", async () => {
    const seen: unknown[] = [];
    const origin = await funnel(await trusted.issue(originName), (request, response) => {
      seen.push(request.headers);
      response.end("ok");
    });
    const worker = await edge(origin.port);
    const answer = await ask({ worker: worker.port }, { headers: { "cf-connecting-ip": "203.0.113.7" } });
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: "ok" });
    expect(origin.serverNames).toEqual([originName]);
    expect(seen).toEqual([
      {
        host: publicHost,
        "cf-connecting-ip": "203.0.113.7",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-proto": "https",
        connection: "close",
      },
    ]);
  });
});

describe("a request that fails gets the status and the page of its stage", () => {
  const day = 24 * 60 * 60 * 1000;
  const expired = { from: new Date(Date.now() - 2 * day), until: new Date(Date.now() - day) };
  const listener = () => {
    throw new Error("the request must not arrive");
  };

  test.each([
    ["of another name", () => trusted.issue("other.tail1234.ts.net"), "not valid for name"],
    ["that has expired", () => trusted.issue(originName, expired), "certificate expired"],
    ["of an unknown authority", () => unknown.issue(originName), "UnknownIssuer"],
  ])("tls: a certificate %s", async (_, identity, reason) => {
    const origin = await funnel(await identity(), listener);
    const worker = await edge(origin.port);
    await expectFailure(worker.port, 502, "tls");
    await expect.poll(worker.log).toContain(reason);
    expect(origin.serverNames).toEqual([originName]);
  });

  test("tls: a server that does not serve the requested name", async () => {
    const origin = await funnel(await trusted.issue("127.0.0.1"), listener);
    const worker = await edge(origin.port, {}, "127.0.0.1");
    await expectFailure(worker.port, 502, "tls");
  });

  test("tls: a server that accepts the connection and stays silent", async () => {
    const silent = await listening(createServer((socket) => socket.on("error", () => undefined).resume()));
    const worker = await edge(silent, { CONNECT_TIMEOUT_MS: "100" });
    await expectFailure(worker.port, 504, "tls");
  });

  test("tcp: a port without a listener", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    const worker = await edge(port);
    await expectFailure(worker.port, 502, "tcp");
  });

  test.each([
    ["closes without a response", ""],
    ["closes within the head", "HTTP/1.1 200 OK\r\ncontent-"],
    ["answers with something other than HTTP", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["answers with a status that Workers cannot send", "HTTP/1.1 799 Odd\r\ncontent-length: 0\r\n\r\n"],
    [
      "switches protocols without a request to do so",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n",
    ],
    ["sends interim responses without end", "HTTP/1.1 102 Processing\r\n\r\n".repeat(8000)],
    ["sends a head above 128 KiB", `HTTP/1.1 200 OK\r\n${"x-filler: 0123456789\r\n".repeat(8000)}\r\n`],
  ])("response: an origin that %s", async (_, raw) => {
    const origin = await funnel(await trusted.issue(originName), (_request, response) => {
      connectionOf(response).end(raw);
    });
    const worker = await edge(origin.port);
    await expectFailure(worker.port, 502, "response");
  });

  test("response: an origin that is too slow", async () => {
    const origin = await funnel(await trusted.issue(originName), () => undefined);
    const worker = await edge(origin.port, { RESPONSE_TIMEOUT_MS: "100" });
    await expectFailure(worker.port, 504, "response");
  });
});

test("counts the response timeout from the end of the request, however long sending takes", async () => {
  const origin = await funnel(await trusted.issue(originName), (request, response) => {
    if (request.method !== "POST") return;
    origin.server.emit("begun");
    void readRequest(request).then((body) => response.end(body));
  });
  const worker = await edge(origin.port, { RESPONSE_TIMEOUT_MS: "200" });
  const headers = { host: publicHost, "content-length": 10 };
  const visitor = httpRequest({
    host: "127.0.0.1",
    port: worker.port,
    agent: false,
    method: "POST",
    headers,
  });
  visitor.write("hello");
  await once(origin.server, "begun");
  // A later request times out, so the earlier one has already taken longer than the timeout.
  await expectFailure(worker.port, 504, "response");
  visitor.end("world");
  const [response] = (await once(visitor, "response")) as [IncomingMessage];
  expect([response.statusCode, (await readRequest(response)).toString()]).toEqual([200, "helloworld"]);
});

describe("a wrong binding is an error of the Worker, reported in its log", () => {
  test.each([
    [{ ORIGIN: "https://edge.tail1234.ts.net/" }, 'binding ORIGIN is "https://edge.tail1234.ts.net/"'],
    [{ ORIGIN: "edge.tail1234.ts.net", RESPONSE_TIMEOUT_MS: "1s" }, 'binding RESPONSE_TIMEOUT_MS is "1s"'],
  ])("%j", async (bindings, message) => {
    const worker = await startWorker({ bindings, authorities: [trusted.certificate] });
    cleanUp.push(worker.stop);
    const { status } = await ask({ worker: worker.port }, {});
    expect(status).toBe(500);
    await expect.poll(worker.log).toContain(message);
  });
});

async function expectFailure(port: number, status: number, stage: string): Promise<void> {
  const answer = await ask({ worker: port }, {});
  expect({ status: answer.status, stage: answer.headers["edge-failure"] }).toEqual({ status, stage });
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.body.toString()).toContain(`<h1>${status}</h1>`);
  expect(answer.body.toString()).not.toContain(originName);
}
