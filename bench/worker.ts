/**
 * Measures the Worker against a Worker that only calls fetch(), and against the origin without any Worker, in
 * turns within one run, and writes the table of docs/worker-benchmark.md. Everything runs on loopback.
 */
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import {
  Agent as HttpAgent,
  type IncomingMessage,
  request as httpRequest,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { availableParallelism, cpus } from "node:os";
import { Worker } from "node:worker_threads";
import { format } from "prettier";
import { createAuthority } from "../tools/worker-lab/certificates.ts";
import { originName, publicHost } from "../tools/worker-lab/funnel.ts";
import { startWorker } from "../tools/worker-lab/workerd.ts";
import { readWorkerArguments, WORKER_USAGE } from "./arguments.ts";
import { commandLine } from "./command-line.ts";
import { markdownTable } from "./worker-table.ts";

commandLine(readWorkerArguments, WORKER_USAGE);

const ROUNDS = 5;
const MEBIBYTE = 1024 * 1024;
const fetchScript = `export default {
  fetch(request, { ORIGIN }) {
    const { pathname, search } = new URL(request.url);
    return fetch("https://" + ORIGIN + pathname + search, request);
  },
};`;

type Ask = (path: string, body?: Buffer) => Promise<void>;

const authority = await createAuthority("benchmark");
const origin = new Worker(new URL("worker-origin.ts", import.meta.url), {
  workerData: await authority.issue(originName),
});
const [port] = (await once(origin, "message")) as [number];
const target = { bindings: { ORIGIN: `${originName}:${port}` }, authorities: [authority.certificate] };
const [ours, plain] = [await startWorker(target), await startWorker({ ...target, script: fetchScript })];

const tls = { host: "127.0.0.1", port, ca: authority.certificate, servername: originName };
const kept = new HttpsAgent({ keepAlive: true });
const local = new HttpAgent({ keepAlive: true });
const ways = {
  worker: asker(httpRequest, { host: "127.0.0.1", port: ours.port, agent: local }),
  fetch: asker(httpRequest, { host: "127.0.0.1", port: plain.port, agent: local }),
  fresh: asker(httpsRequest, { ...tls, agent: false }),
  kept: asker(httpsRequest, { ...tls, agent: kept }),
};
type WayName = keyof typeof ways;

/** `run` gives one figure in `unit`, by asking one way many times. */
interface Scenario {
  readonly name: string;
  readonly unit: string;
  readonly run: (ask: Ask) => Promise<number>;
}

const LARGE = 128 * MEBIBYTE;
const scenarios: readonly Scenario[] = [
  {
    name: "1 KiB, one after the other, median",
    unit: "ms",
    run: async (ask) => percentile(await latencies(ask), 0.5),
  },
  {
    name: "1 KiB, one after the other, 99th percentile",
    unit: "ms",
    run: async (ask) => percentile(await latencies(ask), 0.99),
  },
  { name: "1 KiB, 32 at a time", unit: "requests/s", run: (ask) => throughput(ask, 32, 1000) },
  { name: "128 MiB down, content-length", unit: "MiB/s", run: (ask) => rate(() => ask(`/?size=${LARGE}`)) },
  {
    name: "128 MiB down, chunked",
    unit: "MiB/s",
    run: (ask) => rate(() => ask(`/?framing=chunked&size=${LARGE}`)),
  },
  {
    name: "128 MiB up, content-length",
    unit: "MiB/s",
    run: (ask) => rate(() => ask("/?size=0", Buffer.alloc(LARGE))),
  },
];

const names = Object.keys(ways) as WayName[];
const figures = [];
for (const scenario of scenarios) {
  const samples: Record<WayName, number[]> = { worker: [], fetch: [], fresh: [], kept: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) samples[name].push(await scenario.run(ways[name]));
  }
  const median = (name: WayName) => percentile(samples[name], 0.5);
  figures.push({
    scenario,
    worker: median("worker"),
    fetch: median("fetch"),
    fresh: median("fresh"),
    kept: median("kept"),
  });
}
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`;
const page = await format(markdownTable(figures, ROUNDS, machine), { parser: "markdown" });
await writeFile(new URL("../docs/worker-benchmark.md", import.meta.url), page);
await Promise.all([ours.stop(), plain.stop(), origin.terminate()]);
kept.destroy();
local.destroy();

function asker(send: typeof httpRequest, options: RequestOptions): Ask {
  return async (path, body) => {
    const headers = { host: publicHost, ...(body && { "content-length": body.length }) };
    const request = send({ ...options, path, headers, method: body ? "POST" : "GET" });
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`status ${response.statusCode ?? 0} for ${path}`);
    response.resume();
    await once(response, "end");
  };
}

async function latencies(ask: Ask): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < 300; count += 1) {
    const start = performance.now();
    await ask("/?size=1024");
    times.push(performance.now() - start);
  }
  return times;
}

async function throughput(ask: Ask, concurrency: number, total: number): Promise<number> {
  const start = performance.now();
  let left = total;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await ask("/?size=1024");
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return total / ((performance.now() - start) / 1000);
}

async function rate(transfer: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await transfer();
  return LARGE / MEBIBYTE / ((performance.now() - start) / 1000);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
