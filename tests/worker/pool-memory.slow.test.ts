import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createAuthority } from "../../tools/worker-lab/certificates.ts";
import { type Funnel, originName, publicHost, startFunnel } from "../../tools/worker-lab/funnel.ts";
import { Inspector } from "../../tools/worker-lab/inspector.ts";
import { type RunningWorker, startWorker } from "../../tools/worker-lab/workerd.ts";

const REQUESTS = 100_000;
const WARM_UP = 10_000;
const AT_ONCE = 4;
/** Ten bytes of each request, kept, would be more. */
const ALLOWED_GROWTH = REQUESTS * 10;
const BODY = Buffer.alloc(1024, "0123456789abcdef");

const agent = new Agent({ keepAlive: true });
let funnel: Funnel;
let worker: RunningWorker;

beforeAll(async () => {
  const authority = await createAuthority("trusted");
  funnel = await startFunnel(await authority.issue(originName), (request, response) => {
    if (request.url !== "/chunked") response.setHeader("content-length", BODY.length);
    response.end(BODY);
  });
  worker = await startWorker({
    bindings: { ORIGIN: `${originName}:${funnel.port}` },
    authorities: [authority.certificate],
    pool: true,
  });
});

afterAll(async () => {
  agent.destroy();
  await worker.stop();
  await funnel.stop();
});

test("100,000 requests through the pool leave its memory as it was", async () => {
  const edge = await Inspector.connect(worker.inspectorPort, "edge");
  const pool = await Inspector.connect(worker.inspectorPort, "pool");
  await load(WARM_UP);
  const before = { edge: await liveBytes(edge), pool: await liveBytes(pool) };
  await load(REQUESTS);
  const after = { edge: await liveBytes(edge), pool: await liveBytes(pool) };
  edge.close();
  pool.close();
  expect(after.edge - before.edge).toBeLessThan(ALLOWED_GROWTH);
  expect(after.pool - before.pool).toBeLessThan(ALLOWED_GROWTH);
}, 400_000);

/** workerd reads the inspector's commands only while the script runs, so requests go on until it has responded. */
async function liveBytes(inspector: Inspector): Promise<number> {
  const end = new AbortController();
  const measured = inspector.liveBytes().finally(() => {
    end.abort();
  });
  for (let number = 0; !end.signal.aborted; number += 1) await send(number);
  return await measured;
}

async function load(total: number): Promise<void> {
  let left = total;
  const lane = async () => {
    while (left > 0) await send((left -= 1));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Chunked bodies and HEAD take other paths through the code than sized bodies. */
async function send(number: number): Promise<void> {
  const path = number % 10 === 0 ? "/chunked" : "/sized";
  const method = number % 10 === 1 ? "HEAD" : "GET";
  const options = {
    host: "127.0.0.1",
    port: worker.port,
    agent,
    path,
    method,
    headers: { host: publicHost },
  };
  const [response] = (await once(get(options), "response")) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode ?? 0}`);
  await once(response.resume(), "end");
}
