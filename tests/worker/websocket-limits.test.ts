import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { type Funnel, originName, publicHost, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";

const MEBIBYTE = 1024 * 1024;
/** Resident memory includes what V8 has not collected yet. Without a limit in the Worker, all that is sent stays. */
const MOST_GROWTH = 256 * MEBIBYTE;
/** Enough that twice the allowed growth would be kept if nothing limited it. */
const SENT_MESSAGES = 512;

let funnel: Funnel;
let worker: RunningWorker;
let application: WebSocketServer;
/** The origin's end of the latest connection. */
let socket: Duplex;

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), () => undefined);
  worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${funnel.port}`, CONNECT_TIMEOUT_MS: "500" },
    authorities: [authority.certificate],
  });
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
  await funnel.stop();
});

async function visit(): Promise<WebSocket> {
  const visitor = new WebSocket(`ws://127.0.0.1:${worker.port}/`, {
    headers: { host: publicHost },
    perMessageDeflate: false,
  });
  await once(visitor, "open");
  return visitor;
}

test("a visitor that sends faster than the origin reads is closed with 1013, and memory stays bounded", async () => {
  application.on("connection", (webSocket) => {
    webSocket.pause();
  });
  const visitor = await visit();
  const closed = once(visitor, "close");
  const before = residentBytes();
  const message = randomBytes(MEBIBYTE);
  for (let sent = 0; sent < SENT_MESSAGES && visitor.readyState === WebSocket.OPEN; sent += 1) {
    await new Promise((resolve) => {
      visitor.send(message, resolve);
    });
  }
  expect(((await closed) as [number])[0]).toBe(1013);
  expect(residentBytes() - before).toBeLessThan(MOST_GROWTH);
});

test("an origin that sends faster than the visitor reads waits for it, and memory stays bounded", async () => {
  const total = SENT_MESSAGES;
  application.on("connection", (webSocket) => {
    const message = randomBytes(MEBIBYTE);
    void (async () => {
      for (let sent = 0; sent < total; sent += 1) {
        await new Promise((resolve) => {
          webSocket.send(message, resolve);
        });
      }
    })();
  });
  const visitor = await visit();
  const before = residentBytes();
  let peak = before;
  let received = 0;
  visitor.on("message", (data: Buffer) => {
    received += data.length;
    if (received % (16 * MEBIBYTE) === 0) peak = Math.max(peak, residentBytes());
    visitor.pause();
    setTimeout(() => {
      visitor.resume();
    }, 5);
    if (received === total * MEBIBYTE) visitor.close();
  });
  await once(visitor, "close");
  expect(received).toBe(total * MEBIBYTE);
  expect(peak - before).toBeLessThan(MOST_GROWTH);
});

test("a visitor that stops reading is closed with 1013", async () => {
  application.on("connection", (webSocket) => {
    webSocket.on("close", (code) => application.emit("closed", code));
    for (let sent = 0; sent < 40; sent += 1) webSocket.send(randomBytes(MEBIBYTE));
  });
  const closed = once(application, "closed");
  const visitor = await visit();
  visitor.pause();
  expect(await closed).toEqual([1013]);
  visitor.terminate();
});

test("an origin that ignores a close frame loses its connection", async () => {
  application.on("connection", () => {
    socket.removeAllListeners("data").resume();
  });
  const visitor = await visit();
  const closed = once(socket, "close");
  visitor.close(4000);
  await closed;
});

function residentBytes(): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(worker.pid)]).toString()) * 1024;
}
