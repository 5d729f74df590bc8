import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type IncomingMessage, request as httpRequest } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import {
  type Funnel,
  originName,
  publicHost,
  readRequest,
  startFunnel,
} from "../../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";
import { ask } from "./visitor.ts";

const MEBIBYTE = 1024 * 1024;
const GIBIBYTE = 1024 * MEBIBYTE;
const block = Buffer.alloc(MEBIBYTE, "0123456789abcdef");
/**
 * How much workerd may grow during 1 GiB. The Worker's loop over a body leaves garbage: the collector keeps up to about
 * 100 MiB of it, and no more after 4 GiB than after 2.
 */
const ALLOWED_GROWTH = 128 * MEBIBYTE;

let funnel: Funnel;
let worker: RunningWorker;

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "https://origin");
    if (pathname === "/down") {
      const size = Number(searchParams.get("size"));
      if (searchParams.get("framing") === "sized") response.setHeader("content-length", size);
      void pipeline(blocks(size), response).catch(() => undefined);
    } else if (pathname === "/up") {
      void count(request).then(
        (size) => response.end(String(size)),
        () => undefined,
      );
    } else {
      void readRequest(request).then((body) =>
        response.end(`${String(request.headers["x-number"])} ${body.toString()}`),
      );
    }
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

describe("transfers 1 GiB with flat memory", () => {
  test.each(["sized", "chunked"])(
    "down, %s",
    async (framing) => {
      const transfer = async (size: number) => {
        const response = await send({ path: `/down?framing=${framing}&size=${size}` }, Readable.from([]));
        return count(response);
      };
      await expectFlatMemory(transfer);
    },
    120_000,
  );

  test.each(["sized", "chunked"])(
    "up, %s",
    async (framing) => {
      const transfer = async (size: number) => {
        const headers = framing === "sized" ? { "content-length": size } : { "transfer-encoding": "chunked" };
        const response = await send({ path: "/up", method: "POST", headers }, blocks(size));
        return Number((await readRequest(response)).toString());
      };
      await expectFlatMemory(transfer);
    },
    120_000,
  );
});

test("1,000 concurrent requests each get their own response", async () => {
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  const answers = await Promise.all(
    numbers.map(async (number) => {
      const headers = { "x-number": String(number) };
      const { status, body } = await ask(
        { worker: worker.port },
        { method: "POST", path: "/echo", headers, body: `body ${number}` },
      );
      return [status, body.toString()];
    }),
  );
  expect(answers).toEqual(numbers.map((number) => [200, `${number} body ${number}`]));
}, 60_000);

async function expectFlatMemory(transfer: (size: number) => Promise<number>): Promise<void> {
  // The first transfer fills the runtime's own buffers.
  expect(await transfer(64 * MEBIBYTE)).toBe(64 * MEBIBYTE);
  const before = residentBytes();
  let peak = before;
  const sampling = setInterval(() => (peak = Math.max(peak, residentBytes())), 100);
  try {
    expect(await transfer(GIBIBYTE)).toBe(GIBIBYTE);
  } finally {
    clearInterval(sampling);
  }
  expect(peak - before).toBeLessThan(ALLOWED_GROWTH);
}

function residentBytes(): number {
  return Number(execFileSync("ps", ["-o", "rss=", "-p", String(worker.pid)]).toString()) * 1024;
}

function blocks(size: number): Readable {
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < size; sent += block.length) yield block;
    })(),
    { objectMode: false, highWaterMark: MEBIBYTE },
  );
}

async function count(stream: Readable): Promise<number> {
  let size = 0;
  for await (const chunk of stream) size += (chunk as Buffer).length;
  return size;
}

async function send(
  options: { path: string; method?: string; headers?: Record<string, string | number> },
  body: Readable,
): Promise<IncomingMessage> {
  const headers = { host: publicHost, "x-forwarded-proto": "https", ...options.headers };
  const request = httpRequest({ ...options, headers, host: "127.0.0.1", port: worker.port, agent: false });
  const answered = once(request, "response");
  await pipeline(body, request);
  const [response] = (await answered) as [IncomingMessage];
  return response;
}
