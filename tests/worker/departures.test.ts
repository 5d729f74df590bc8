import { EventEmitter, once } from "node:events";
import { type IncomingMessage, request as httpRequest, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import {
  connectionOf,
  type Funnel,
  originName,
  publicHost,
  startFunnel,
} from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";

let funnel: Funnel;
let worker: RunningWorker;
/** Emits `request` with the request and its response. */
const application = new EventEmitter();

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    application.emit("request", request, response);
  });
  worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${funnel.port}` },
    authorities: [authority.certificate],
  });
});

afterAll(async () => {
  await worker.stop();
  await funnel.stop();
});

function begin(method: string) {
  const headers = { host: publicHost, ...(method === "POST" && { "content-length": 1_000_000_000 }) };
  const visitor = httpRequest({ host: "127.0.0.1", port: worker.port, agent: false, method, headers });
  visitor.on("error", () => undefined);
  return { visitor, arrived: once(application, "request") as Promise<[IncomingMessage, ServerResponse]> };
}

/** workerd notices that a visitor has left only when it writes to that visitor. */
test("closes the connection to the origin when a visitor leaves during the response", async () => {
  const { visitor, arrived } = begin("GET");
  visitor.end();
  const [, response] = await arrived;
  const closed = once(connectionOf(response), "close");
  const endless = Readable.from(repeat("event"));
  endless.pipe(response);
  await once(visitor, "response");
  visitor.destroy();
  await closed;
  endless.destroy();
});

test("breaks off the request to the origin when the visitor leaves during it", async () => {
  const { visitor, arrived } = begin("POST");
  visitor.write("begun");
  const [request] = await arrived;
  const failed = once(request.resume(), "error");
  visitor.destroy();
  const [error] = (await failed) as [NodeJS.ErrnoException];
  expect(error.code).toBe("ECONNRESET");
  expect(request.complete).toBe(false);
});

test("delivers a response that the origin sends before the request is complete", async () => {
  const { visitor, arrived } = begin("POST");
  visitor.write("begun");
  const [, origin] = await arrived;
  origin.writeHead(413, { "content-length": 9 }).end("too large");
  const [response] = (await once(visitor, "response")) as [IncomingMessage];
  const [body] = (await once(response, "data")) as [Buffer];
  expect([response.statusCode, body.toString()]).toEqual([413, "too large"]);
  visitor.destroy();
});

test("streams a response: each part arrives before the origin has written the rest", async () => {
  const { visitor, arrived } = begin("GET");
  visitor.end();
  const [, origin] = await arrived;
  origin.write("event 1");
  const [response] = (await once(visitor, "response")) as [IncomingMessage];
  expect(String((await once(response, "data"))[0])).toBe("event 1");
  origin.end("event 2");
  expect(String((await once(response, "data"))[0])).toBe("event 2");
});

test("streams a request: each part arrives before the visitor has written the rest", async () => {
  const { visitor, arrived } = begin("POST");
  visitor.write("part 1");
  const [request] = await arrived;
  expect(String((await once(request, "data"))[0])).toBe("part 1");
  visitor.write("part 2");
  expect(String((await once(request, "data"))[0])).toBe("part 2");
  visitor.destroy();
});

function* repeat(text: string): Generator<string> {
  for (;;) yield text;
}
