import { afterAll, beforeAll, expect, test } from "vitest";
import { type Authority, createAuthority } from "../../tools/worker-lab/certificates.ts";
import { originName } from "../../tools/worker-lab/funnel.ts";
import { type RawResponder, startRawOrigin } from "../../tools/worker-lab/raw-origin.ts";
import { startWorker, type WorkerOptions } from "../../tools/worker-lab/workerd.ts";
import { type Ask, ask } from "./visitor.ts";

/** Hands every request to the pool, also those that this project's Worker sends itself. */
const EVERYTHING_TO_POOL = `export default {
  fetch(request, { POOL }) {
    return POOL.get(POOL.idFromName("0")).fetch(request);
  },
}`;
/** Refuses everything as a pool does whose connections are in use, and logs it. */
const REFUSING_POOL = `import { DurableObject } from "cloudflare:workers";
export class OriginPool extends DurableObject {
  fetch(request) {
    console.log("pooled " + request.method);
    return new Response(null, { status: 503, headers: { "edge-pool": "unavailable" } });
  }
}`;

let authority: Authority;
const cleanUp: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createAuthority("trusted");
});

afterAll(async () => {
  await Promise.all(cleanUp.map((stop) => stop()));
});

async function start(respond: RawResponder, options: Partial<WorkerOptions> = {}) {
  const origin = await startRawOrigin(await authority.issue(originName), respond);
  const worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${origin.port}` },
    authorities: [authority.certificate],
    pool: true,
    ...options,
  });
  cleanUp.push(origin.stop, worker.stop);
  return { log: worker.log, send: (options: Ask) => ask({ worker: worker.port }, options) };
}

function sized(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

test.each([undefined, "data"])(
  "the pool refuses a POST with body %j, and the origin never sees it",
  async (body) => {
    const seen: string[] = [];
    const { send } = await start(
      ({ method }, connection) => {
        seen.push(method);
        // A kept connection that closes without a response is what makes the pool repeat a request.
        if (seen.length === 1) connection.write(sized("ok"));
        else connection.destroy();
      },
      { script: EVERYTHING_TO_POOL },
    );
    expect((await send({ method: "GET" })).status).toBe(200);
    const { status, headers } = await send({ method: "POST", ...(body !== undefined && { body }) });
    expect([status, headers["edge-pool"]]).toEqual([400, "unavailable"]);
    expect(seen).toEqual(["GET"]);
  },
);

test("the Worker asks the pool only for requests that may be repeated", async () => {
  const { log, send } = await start((_request, connection) => void connection.write(sized("ok")), {
    poolScript: REFUSING_POOL,
  });
  for (const method of ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]) {
    expect((await send({ method })).status).toBe(200);
  }
  await expect.poll(log).toContain("pooled OPTIONS");
  expect(log().match(/pooled \w+/g)).toEqual(["pooled GET", "pooled HEAD", "pooled OPTIONS"]);
});
