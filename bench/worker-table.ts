/** The medians of one scenario, all in its unit. */
export interface Figures {
  readonly scenario: { readonly name: string; readonly unit: string };
  readonly worker: number;
  readonly fetch: number;
  readonly fresh: number;
  readonly kept: number;
}

/** The page docs/worker-benchmark.md: ratios first, for they hold on other machines, absolute figures behind. */
export function markdownTable(figures: readonly Figures[], rounds: number, machine: string): string {
  const rows = figures.map(({ scenario, worker, fetch, fresh, kept }) => [
    scenario.name,
    ratio(worker, fetch),
    ratio(worker, fresh),
    ratio(worker, kept),
    ...[worker, fetch, fresh, kept].map((figure) => `${threeDigits(figure)} ${scenario.unit}`),
  ]);
  const head = ["", "Worker ÷ fetch", "Worker ÷ fresh", "Worker ÷ kept", "Worker", "fetch", "fresh", "kept"];
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return `# What the Worker costs

Written by \`node bench/worker.ts\`. Medians of ${rounds} rounds, the four ways in turns within each round: this
project's **Worker**; a Worker that only calls **fetch** (and so loses the public Host); straight to the origin over
a **fresh** TLS connection for each request, as the Worker does it; straight over **kept** connections. Of the
times less is better, of the rates more.

Load, workerd and origin shared one machine (${machine}) and its loopback, where a
packet takes no time: over a real network the Worker pays two more round trips, for the handshakes between
Cloudflare and the Funnel relay, than a way that keeps its connections.

${lines.join("\n")}
`;
}

function ratio(ours: number, theirs: number): string {
  return (ours / theirs).toFixed(2);
}

function threeDigits(figure: number): string {
  return Number(figure.toPrecision(3)).toLocaleString("en");
}
