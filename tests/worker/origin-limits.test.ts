import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { connectionOf, type Funnel, originName, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { ask } from "./visitor.ts";

const MEBIBYTE = 1024 * 1024;

let funnel: Funnel;
let worker: RunningWorker;
/** How the origin responds, by path. */
const responders: Readonly<Record<string, (response: ServerResponse) => void>> = {
  "/truncated": (response) => {
    const connection = connectionOf(response);
    connection.write("HTTP/1.1 200 OK\r\n\r\nhello", () => {
      funnel.cutTcp(connection);
    });
  },
  "/not-reading": () => undefined,
  "/reading-later": (response) => {
    setTimeout(() => response.req.resume(), 1000);
  },
  "/length-2-53": (response) => {
    connectionOf(response).write("HTTP/1.1 200 OK\r\ncontent-length: 9007199254740993\r\n\r\nhello");
  },
  "/bytes-after-body": (response) => {
    const body = Buffer.alloc(300_000, "x");
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
    connectionOf(response).end(Buffer.concat([Buffer.from(head), body, Buffer.from("\r\nGET / HTTP/1.1")]));
  },
};

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    responders[request.url ?? ""]?.(response);
  });
  worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${funnel.port}`, RESPONSE_TIMEOUT_MS: "400" },
    authorities: [authority.certificate],
  });
});

afterAll(async () => {
  await worker.stop();
  await funnel.stop();
});

test("a body that ends without TLS close_notify is a broken transfer, not a complete one", async () => {
  // Timing decides whether the visitor still receives the head.
  const broken = await ask({ worker: worker.port }, { path: "/truncated" }).then(
    (answer) => answer.broken,
    () => true,
  );
  expect(broken).toBe(true);
});

test.each(["content-length", "transfer-encoding"])(
  "an upload (%s) to an origin that stops reading ends with 504",
  async (framing) => {
    const body = Buffer.alloc(64 * MEBIBYTE);
    const headers = { [framing]: framing === "content-length" ? String(body.length) : "chunked" };
    const answer = await ask(
      { worker: worker.port },
      { method: "POST", path: "/not-reading", headers, body },
    );
    expect([answer.status, answer.headers["edge-failure"]]).toEqual([504, "response"]);
  },
);

test("a Content-Length that no number holds exactly is an invalid response", async () => {
  const answer = await ask({ worker: worker.port }, { path: "/length-2-53" });
  expect([answer.status, answer.headers["edge-failure"]]).toEqual([502, "response"]);
});

test("bytes after the end of a sized body are dropped, and the body is complete", async () => {
  const { body, broken } = await ask({ worker: worker.port }, { path: "/bytes-after-body" });
  expect([body.length, broken]).toEqual([300_000, false]);
});

test("the origin's connection is closed after a failed upload", async () => {
  // A server that does not read does not notice a close, so this one reads after the Worker has given up.
  const closed = once(funnel.server, "closed");
  const answer = await ask(
    { worker: worker.port },
    { method: "POST", path: "/reading-later", body: Buffer.alloc(64 * MEBIBYTE) },
  );
  expect(answer.status).toBe(504);
  await closed;
});
