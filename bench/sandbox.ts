/**
 * Measures the ozilab stack against a flat program with the same resources and against an empty one, in turns
 * within one run, on the real engine and the simulated systems. Writes docs/sandbox-benchmark.md and its chart.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { format } from "prettier";
import { ENGINE_VERSION } from "../sandbox/engine/find-engine.ts";
import { sandboxChart } from "./sandbox-chart.ts";
import { BenchStack, type Size } from "./sandbox-run.ts";
import { type Calls, sandboxPage, type SizeFigures, type Seconds, type Way } from "./sandbox-table.ts";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const asked = Number(options.rounds);
if (!(Number.isInteger(asked) && asked > 0)) {
  throw new Error(`--rounds is ${JSON.stringify(options.rounds)}; allowed are whole numbers from 1`);
}
const largest = 1000;
const sizes: readonly Size[] = [
  { hostnames: 1, zones: 1 },
  { hostnames: 10, zones: 1 },
  { hostnames: 100, zones: 1 },
  { hostnames: largest, zones: 1 },
  // One hostname has one zone, and ten have ten.
  { hostnames: 10, zones: 20 },
  { hostnames: 100, zones: 20 },
  { hostnames: largest, zones: 20 },
];
const load = loadavg()[0] ?? 0;
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, load ${load.toFixed(1)} at the start, engine ${ENGINE_VERSION.version}, Node ${process.version}`;
const added: { hostnames: number; zones: number; calls: Calls }[] = [];
const figures: SizeFigures[] = [];
let empty: Seconds = { preview: NaN, up: NaN, "no-op up": NaN };
for (const size of sizes) {
  figures.push(await measure(size));
  // After every size, so that a run that is cut off has its figures all the same.
  await write();
}

async function write(): Promise<void> {
  const page = await format(sandboxPage({ sizes: figures, empty, added, machine }), {
    parser: "markdown",
    printWidth: 110,
  });
  await writeFile(new URL("../docs/sandbox-benchmark.md", import.meta.url), page);
  const line = (name: string, color: string, way: "ozilab" | "flat", zones: number) => ({
    name,
    color,
    points: figures
      .filter((size) => size.zones === zones)
      .map((size) => [size.hostnames, size.seconds[way].up] as const),
  });
  const chart = sandboxChart([
    line("ozilab, 1 zone", "#c0392b", "ozilab", 1),
    line("flat, 1 zone", "#e8a49c", "flat", 1),
    line("ozilab, 20 zones", "#1f618d", "ozilab", 20),
    line("flat, 20 zones", "#9cc4e0", "flat", 20),
  ]);
  await writeFile(new URL("../docs/sandbox-benchmark.svg", import.meta.url), chart);
}

async function measure(size: Size): Promise<SizeFigures> {
  // A round at the largest size takes as long as all others together.
  const rounds = size.hostnames === largest ? 1 : asked;
  const ways: readonly Way[] = size === sizes[0] ? ["ozilab", "flat", "empty"] : ["ozilab", "flat"];
  const samples: Record<Way, Seconds[]> = { ozilab: [], flat: [], empty: [] };
  const calls = new Map<Way, { up: Calls; "no-op up": Calls }>();
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) {
      const stack = await BenchStack.start(way, size);
      try {
        const preview = await stack.run("preview");
        const up = await stack.run("up");
        const again = await stack.run("up");
        samples[way].push({ preview: preview.seconds, up: up.seconds, "no-op up": again.seconds });
        calls.set(way, { up: up.calls, "no-op up": again.calls });
        if (way === "ozilab" && size.hostnames === largest && round === 0) {
          await stack.configure({ ...size, hostnames: largest + 1 });
          added.push({ ...size, calls: (await stack.run("up")).calls });
        }
      } finally {
        await stack.remove();
      }
    }
  }
  const medians = (way: Way) => ({
    preview: median(samples[way].map((sample) => sample.preview)),
    up: median(samples[way].map((sample) => sample.up)),
    "no-op up": median(samples[way].map((sample) => sample["no-op up"])),
  });
  if (samples.empty.length > 0) empty = medians("empty");
  process.stderr.write(`${size.hostnames} hostnames, ${size.zones} zones: measured\n`);
  return {
    ...size,
    rounds,
    seconds: { ozilab: medians("ozilab"), flat: medians("flat") },
    calls: calls.get("ozilab") ?? { up: {}, "no-op up": {} },
    flatCalls: calls.get("flat")?.up ?? {},
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
