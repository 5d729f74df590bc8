/** Medians of one kind of load, in milliseconds for each request. */
export interface PoolFigures {
  readonly roundTripMs: number;
  readonly concurrency: number;
  readonly bytes: number;
  readonly single: number;
  readonly pooled: number;
  readonly fetch: number;
}

/** Milliseconds of CPU time of workerd for each small request. `floor` is a pool without any work of ours. */
export interface CpuFigures {
  readonly single: number;
  readonly pooled: number;
  readonly fetch: number;
  readonly floor: number;
}

/** The page docs/worker-pool-benchmark.md: ratios first, because they hold on other machines. */
export function poolPage(
  figures: readonly PoolFigures[],
  cpu: CpuFigures,
  rounds: number,
  machine: string,
): string {
  const rows = figures.map(({ roundTripMs, concurrency, bytes, single, pooled, fetch }) => [
    `${roundTripMs} ms`,
    concurrency,
    bytes === 1024 ? "1 KiB" : "1 MiB",
    (pooled / single).toFixed(2),
    (pooled / fetch).toFixed(2),
    ...[single, pooled, fetch].map((ms) => `${ms.toPrecision(3)} ms`),
  ]);
  const head = [
    "Round trip",
    "At once",
    "Body",
    "pooled ÷ single",
    "pooled ÷ fetch",
    "single",
    "pooled",
    "fetch",
  ];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `# What pooled connections save

Written by \`node bench/worker-pool.ts\`. The Worker with **single** and with **pooled** connections, and a Worker that
only calls **fetch** (and so loses the public Host), in turns within each of ${rounds} rounds; medians of the time of one GET.
A proxy between workerd and the origin adds the round trip to the TCP handshake and to all data. Load, workerd and origin
shared one machine (${machine}).

${lines.join("\n")}

CPU time of the workerd process for a request of 1 KiB without a round trip, medians: single ${cpu.single.toFixed(2)} ms, pooled
${cpu.pooled.toFixed(2)} ms, fetch ${cpu.fetch.toFixed(2)} ms: pooled takes ${(cpu.pooled / cpu.single).toFixed(2)} of single. A Durable Object that writes a
ready request to a kept socket and counts the bytes of the response takes ${cpu.floor.toFixed(2)} ms, ${(cpu.floor / cpu.single).toFixed(2)} of single: no
pool can take less.
`;
}
