import { createHash } from "node:crypto";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket, type WebSocketServer } from "ws";
import { WebSocketServer as Server } from "ws";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { type Funnel, originName, publicHost, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { ask } from "./visitor.ts";

let funnel: Funnel;
let worker: RunningWorker;
let application: WebSocketServer;

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    response.writeHead(request.headers.upgrade === undefined ? 426 : 400).end();
  });
  worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${funnel.port}` },
    authorities: [authority.certificate],
  });
});

beforeEach(() => {
  funnel.server.removeAllListeners("upgrade");
  application = new Server({ noServer: true, perMessageDeflate: true, handleProtocols: () => "second" });
  funnel.server.on("upgrade", (request, socket, head) => {
    application.handleUpgrade(request, socket, head, (webSocket) => {
      application.emit("connection", webSocket, request);
    });
  });
});

afterAll(async () => {
  await worker.stop();
  await funnel.stop();
});

function visit(path = "/"): WebSocket {
  const headers = { host: publicHost, cookie: "session=1" };
  return new WebSocket(`ws://127.0.0.1:${worker.port}${path}`, ["first", "second"], { headers });
}

test("messages of every size and type pass in both directions, complete and in order", async () => {
  application.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => {
      socket.send(data, { binary: isBinary });
    });
  });
  const visitor = visit();
  await once(visitor, "open");
  const sizes = [0, 1, 125, 126, 65_535, 65_536, 1_000_000];
  const messages = sizes.flatMap((size) => [Buffer.alloc(size, "é"), Buffer.alloc(size, 7)]);
  const arrived: { isBinary: boolean; digest: string }[] = [];
  const all = new Promise<void>((resolve) => {
    visitor.on("message", (data: Buffer, isBinary) => {
      arrived.push({ isBinary, digest: digest(data) });
      if (arrived.length === messages.length) resolve();
    });
  });
  messages.forEach((message, index) => {
    visitor.send(text(message, index), { binary: index % 2 === 1 });
  });
  await all;
  expect(arrived).toEqual(
    messages.map((message, index) => ({ isBinary: index % 2 === 1, digest: digest(text(message, index)) })),
  );
  visitor.close();
});

test("the handshake carries Host, path, cookie and protocols, and returns the origin's choice", async () => {
  const seen: unknown[] = [];
  application.on("connection", (_socket, { url, headers }) => {
    const {
      host,
      cookie,
      "sec-websocket-protocol": protocols,
      "sec-websocket-extensions": extensions,
    } = headers;
    seen.push({ url, host, cookie, protocols, extensions });
  });
  const visitor = visit("/chat?room=1");
  await once(visitor, "open");
  expect(visitor.protocol).toBe("second");
  expect(seen).toEqual([
    {
      url: "/chat?room=1",
      host: publicHost,
      cookie: "session=1",
      protocols: "first,second",
      extensions: undefined,
    },
  ]);
  visitor.close();
});

test("a close by either side reaches the other with its code and reason", async () => {
  application.on("connection", (socket, { url }) => {
    if (url === "/origin-closes") socket.close(4001, "done");
    else socket.on("close", (code, reason) => application.emit("closed", code, reason.toString()));
  });
  const first = visit("/origin-closes");
  const [code, reason] = (await once(first, "close")) as [number, Buffer];
  expect([code, reason.toString()]).toEqual([4001, "done"]);

  const second = visit();
  await once(second, "open");
  const closed = once(application, "closed");
  second.close(4002, "bye");
  expect(await closed).toEqual([4002, "bye"]);

  const third = visit();
  await once(third, "open");
  const ends = Promise.all([once(third, "close"), once(application, "closed")]);
  third.close();
  const [[visitorCode], [originCode]] = (await ends) as [number[], number[]];
  expect([visitorCode, originCode]).toEqual([1005, 1005]);
});

test("closes the visitor's WebSocket with 1011 when the origin disappears without a close frame", async () => {
  application.on("connection", (socket) => {
    socket.terminate();
  });
  const [code] = (await once(visit(), "close")) as [number];
  expect(code).toBe(1011);
});

test("closes the origin's WebSocket when the visitor disappears", async () => {
  application.on("connection", (socket) => {
    socket.on("close", () => application.emit("closed"));
  });
  const visitor = visit();
  await once(visitor, "open");
  const closed = once(application, "closed");
  visitor.terminate();
  await closed;
});

test("answers a ping of the origin", async () => {
  application.on("connection", (socket) => {
    socket.on("pong", (payload) => {
      socket.send(payload.toString());
    });
    socket.ping("are you there");
  });
  const [data] = (await once(visit(), "message")) as [Buffer];
  expect(data.toString()).toBe("are you there");
});

test("closes the visitor's WebSocket with 1002 after an invalid frame of the origin", async () => {
  application.on("connection", (_socket, request) => {
    request.socket.write(Buffer.from([0xff, 0x00]));
  });
  const [code] = (await once(visit(), "close")) as [number];
  expect(code).toBe(1002);
});

test("closes the WebSocket with 1009 after a message above the 32 MiB that Workers accept", async () => {
  application.on("connection", (socket) => {
    socket.send(Buffer.alloc(33 * 1024 * 1024));
  });
  const [code] = (await once(visit(), "close")) as [number];
  expect(code).toBe(1009);
});

test("passes on the origin's refusal of a handshake unchanged", async () => {
  funnel.server.removeAllListeners("upgrade");
  funnel.server.on("upgrade", (_request, socket) => {
    socket.end("HTTP/1.1 403 Forbidden\r\nx-reason: no cookie\r\ncontent-length: 4\r\n\r\nstop");
  });
  const answer = await ask({ worker: worker.port }, { headers: upgradeHeaders });
  expect([answer.status, answer.headers["x-reason"], answer.body.toString()]).toEqual([
    403,
    "no cookie",
    "stop",
  ]);
});

test("reports a 101 that does not match the handshake as a failure of the response", async () => {
  funnel.server.removeAllListeners("upgrade");
  funnel.server.on("upgrade", (_request, socket) => {
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: x\r\n\r\n",
    );
  });
  const answer = await ask({ worker: worker.port }, { headers: upgradeHeaders });
  expect([answer.status, answer.headers["edge-failure"]]).toEqual([502, "response"]);
});

test("passes on an upgrade to any other protocol as a plain request", async () => {
  const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABk" };
  const answer = await ask({ worker: worker.port }, { headers });
  expect(answer.status).toBe(426);
});

const upgradeHeaders = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

/** Every second message is text, cut between characters. */
function text(message: Buffer, index: number): Buffer {
  return index % 2 === 1 ? message : message.subarray(0, message.length - (message.length % 2));
}

function digest(data: Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}
