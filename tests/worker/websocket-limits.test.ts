import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { type Funnel, originName, publicHost, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { Inspector } from "../../tools/worker-lab/inspector.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";

const MESSAGE = randomBytes(1024 * 1024);
/** Without a limit in the Worker, it would take all of them. */
const MESSAGES = 512;
/**
 * Messages that one side may have sent and the other side has not read. The Worker holds 8 MiB and one message; the
 * kernel's buffers of both connections may grow to 32 MiB for receiving and 4 MiB for sending each.
 */
const MAX_UNREAD = 128;
/** What JavaScript uses: a few megabytes of the script itself, and some copies of the message that arrives. */
const MAX_LIVE_BYTES = 32 * 1024 * 1024;

let funnel: Funnel;
let worker: RunningWorker;
/** Waits for half a second only. */
let impatientWorker: RunningWorker;
let application: WebSocketServer;
/** The origin's end of the latest connection. */
let socket: Duplex;

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), () => undefined);
  const bindings = { ORIGIN: `${originName}:${funnel.port}` };
  const authorities = [authority.certificate];
  worker = await startWorker({ bindings, authorities });
  impatientWorker = await startWorker({ bindings: { ...bindings, CONNECT_TIMEOUT_MS: "500" }, authorities });
});

beforeEach(() => {
  funnel.server.removeAllListeners("upgrade");
  application = new WebSocketServer({ noServer: true });
  funnel.server.on("upgrade", (request, upgraded, head) => {
    socket = upgraded;
    application.handleUpgrade(request, upgraded, head, (webSocket) => {
      application.emit("connection", webSocket, request);
    });
  });
});

afterAll(async () => {
  await worker.stop();
  await impatientWorker.stop();
  await funnel.stop();
});

async function visit({ port }: RunningWorker): Promise<WebSocket> {
  const visitor = new WebSocket(`ws://127.0.0.1:${port}/`, {
    headers: { host: publicHost },
    perMessageDeflate: false,
  });
  await once(visitor, "open");
  return visitor;
}

/** Sends messages, each once the kernel has taken the one before, until the last one or the end of the connection. */
async function sendMessages(webSocket: WebSocket, onSent: () => void): Promise<void> {
  for (let sent = 0; sent < MESSAGES && webSocket.readyState === WebSocket.OPEN; sent += 1) {
    const error = await new Promise((resolve) => {
      webSocket.send(MESSAGE, resolve);
    });
    if (error instanceof Error) return;
    onSent();
    // Otherwise, a kernel that takes everything at once would keep this process from reading the close frame.
    await setImmediate();
  }
}

test("a visitor that sends faster than the origin reads is closed with 1013, and little is kept", async () => {
  application.on("connection", (webSocket) => {
    webSocket.pause();
  });
  const visitor = await visit(impatientWorker);
  const closed = once(visitor, "close");
  let unread = 0;
  await sendMessages(visitor, () => (unread += 1));
  expect(unread).toBeLessThan(MAX_UNREAD);
  expect(await closed).toEqual([1013, Buffer.from("the origin reads too slowly")]);
});

test("an origin that sends faster than the visitor reads waits for it, and little is kept", async () => {
  const inspector = await Inspector.connect(worker.inspectorPort, "edge");
  let unread = 0;
  let mostUnread = 0;
  application.on("connection", (webSocket) => {
    void sendMessages(webSocket, () => {
      unread += 1;
      mostUnread = Math.max(mostUnread, unread);
    });
  });
  const visitor = await visit(worker);
  const measurements: Promise<number>[] = [];
  let received = 0;
  visitor.on("message", () => {
    received += 1;
    unread -= 1;
    if (received % (MESSAGES / 4) === 0) measurements.push(inspector.liveBytes());
    visitor.pause();
    setTimeout(() => {
      visitor.resume();
    }, 5);
    if (received === MESSAGES) visitor.close();
  });
  await once(visitor, "close");
  expect(received).toBe(MESSAGES);
  expect(mostUnread).toBeLessThan(MAX_UNREAD);
  expect(Math.max(...(await Promise.all(measurements)))).toBeLessThan(MAX_LIVE_BYTES);
  inspector.close();
});

test("a visitor that stops reading is closed with 1013, and little is kept", async () => {
  let unread = 0;
  application.on("connection", (webSocket) => {
    webSocket.on("close", (code) => application.emit("closed", code));
    void sendMessages(webSocket, () => (unread += 1)).then(() => application.emit("ended"));
  });
  const ended = once(application, "ended");
  const closed = once(application, "closed");
  const visitor = await visit(impatientWorker);
  visitor.pause();
  await ended;
  expect(unread).toBeLessThan(MAX_UNREAD);
  expect(await closed).toEqual([1013]);
  visitor.terminate();
});

test("an origin that ignores a close frame loses its connection", async () => {
  application.on("connection", () => {
    socket.removeAllListeners("data").resume();
  });
  const visitor = await visit(impatientWorker);
  const closed = once(socket, "close");
  visitor.close(4000);
  await closed;
});
