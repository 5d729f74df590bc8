/**
 * Measures the Worker with pooled and with single connections against a Worker that only calls fetch(), with a
 * round-trip time to the origin, in turns within one run. Writes docs/worker-pool-benchmark.md.
 */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { availableParallelism, cpus, loadavg } from "node:os";
import { Worker } from "node:worker_threads";
import { format } from "prettier";
import { createAuthority } from "../tools/worker-lab/certificates.ts";
import { originName, publicHost } from "../tools/worker-lab/funnel.ts";
import { type RunningWorker, startWorker, type WorkerOptions } from "../tools/worker-lab/workerd.ts";
import { readWorkerArguments, WORKER_POOL_USAGE } from "./arguments.ts";
import { commandLine } from "./command-line.ts";
import { FETCH_SCRIPT, FLOOR_POOL_SCRIPT, FLOOR_SCRIPT } from "./worker-pool-scripts.ts";
import { type CpuFigures, type PoolFigures, poolPage } from "./worker-pool-table.ts";

commandLine(readWorkerArguments, WORKER_POOL_USAGE);

const ROUNDS = 5;
const ROUND_TRIPS = [0, 20, 50];
/** Many short rounds, so that other work on the machine slows all kinds down in the same way. */
const CPU_ROUNDS = 40;
const CPU_REQUESTS = 40;
const KINDS = ["single", "pooled", "fetch"] as const;
type Kind = (typeof KINDS)[number];

const authority = await createAuthority("benchmark");
const origin = new Worker(new URL("worker-pool-origin.ts", import.meta.url), {
  workerData: { identity: await authority.issue(originName), roundTrips: ROUND_TRIPS },
});
const [ports] = (await once(origin, "message")) as [number[]];
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, load ${(loadavg()[0] ?? 0).toFixed(1)} at the start, Node ${process.version}`;

const figures: PoolFigures[] = [];
for (const [index, roundTripMs] of ROUND_TRIPS.entries()) {
  const workers = await startAll(ports[index] ?? 0);
  for (const concurrency of [1, 20]) {
    for (const bytes of [1024, 1024 * 1024]) {
      const medians = await measure(workers, concurrency, bytes);
      figures.push({ roundTripMs, concurrency, bytes, ...medians });
    }
  }
  await Promise.all(KINDS.map((kind) => workers[kind].stop()));
}
const cpu = await measureCpu(ports[0] ?? 0);
const page = await format(poolPage(figures, cpu, ROUNDS, machine), { parser: "markdown" });
await writeFile(new URL("../docs/worker-pool-benchmark.md", import.meta.url), page);
await origin.terminate();

async function startAll(port: number): Promise<Record<Kind, RunningWorker>> {
  const options = optionsFor(port);
  return {
    single: await startWorker(options),
    pooled: await startWorker({ ...options, pool: true }),
    fetch: await startWorker({ ...options, script: FETCH_SCRIPT }),
  };
}

function optionsFor(port: number): WorkerOptions {
  return { bindings: { ORIGIN: `${originName}:${port}` }, authorities: [authority.certificate] };
}

async function measure(
  workers: Record<Kind, RunningWorker>,
  concurrency: number,
  bytes: number,
): Promise<Record<Kind, number>> {
  const times: Record<Kind, number[]> = { single: [], pooled: [], fetch: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const kind of KINDS) {
      const sample = await load(workers[kind], concurrency, bytes, concurrency === 1 ? 10 : 40);
      // The first round warms up.
      if (round > 0) times[kind].push(...sample);
    }
  }
  return { single: median(times.single), pooled: median(times.pooled), fetch: median(times.fetch) };
}

async function measureCpu(port: number): Promise<CpuFigures> {
  const floor = await startWorker({
    ...optionsFor(port),
    pool: true,
    script: FLOOR_SCRIPT,
    poolScript: FLOOR_POOL_SCRIPT,
  });
  const workers = { ...(await startAll(port)), floor };
  const samples = {
    single: [] as number[],
    pooled: [] as number[],
    fetch: [] as number[],
    floor: [] as number[],
  };
  for (let round = 0; round <= CPU_ROUNDS; round += 1) {
    for (const kind of [...KINDS, "floor"] as const) {
      const before = cpuMs(workers[kind].pid);
      await load(workers[kind], 1, 1024, CPU_REQUESTS);
      // The first round warms up.
      if (round > 0) samples[kind].push((cpuMs(workers[kind].pid) - before) / CPU_REQUESTS);
    }
  }
  await Promise.all(Object.values(workers).map((worker) => worker.stop()));
  return {
    single: median(samples.single),
    pooled: median(samples.pooled),
    fetch: median(samples.fetch),
    floor: median(samples.floor),
  };
}

/** Milliseconds of each of `total` requests, `concurrency` at a time. */
async function load(
  { port }: RunningWorker,
  concurrency: number,
  bytes: number,
  total: number,
): Promise<number[]> {
  // workerd closes connections that were idle for 5 seconds, as they are while the other kinds have their turn.
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  let left = total;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const start = performance.now();
      const headers = { host: publicHost };
      const request = httpRequest({ host: "127.0.0.1", port, agent, path: `/${bytes}`, headers }).end();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      if (response.statusCode !== 200) throw new Error(`status ${response.statusCode ?? 0}`);
      await once(response.resume(), "end");
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  agent.destroy();
  return times;
}

/** CPU time of a process and all its threads. The times in /proc/PID/stat are too coarse: the kernel samples them. */
function cpuMs(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
