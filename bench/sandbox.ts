/**
 * Measures the ozilab stack against a flat program with the same resources and against an empty one, on the real
 * engine and the simulated systems. Writes docs/sandbox-benchmark.md and its chart, and fails if one more
 * hostname, or an up with nothing to do, costs more than it may.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { format } from "prettier";
import { ENGINE_VERSION } from "../sandbox/engine/find-engine.ts";
import { readSandboxArguments, SANDBOX_USAGE } from "./arguments.ts";
import { commandLine } from "./command-line.ts";
import { sandboxChart } from "./sandbox-chart.ts";
import { addedHostnameDeviations, noOpDeviations } from "./sandbox-checks.ts";
import type { AddedHostname, Life, Round, Size, SizeFigures } from "./sandbox-figures.ts";
import { sandboxPage } from "./sandbox-page.ts";
import { addHostname, live } from "./sandbox-run.ts";

const { rounds, upTo } = commandLine(readSandboxArguments, SANDBOX_USAGE);
const sizes = [1, 20].flatMap((zones) =>
  [1, 10, 100, 1000].filter((hostnames) => hostnames <= upTo).map((hostnames) => ({ hostnames, zones })),
);
const largest = Math.max(...sizes.map(({ hostnames }) => hostnames));

const load = (loadavg()[0] ?? 0).toFixed(1);
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, load ${load} at the start, engine ${ENGINE_VERSION.version}, Node ${process.version}`;
const start = performance.now();
const smallest: Size = { hostnames: 1, zones: 1 };
// Otherwise the first run would also pay for compiling the code.
for (const name of ["ozilab", "flat", "ozilab", "flat"] as const) await live(name, smallest);

const empty: Life[] = [];
for (let round = 0; round < rounds; round += 1) empty.push(await live("empty", smallest));
const figures: SizeFigures[] = [];
const added: AddedHostname[] = [];
let deviations: readonly string[] = [];
for (const size of sizes) {
  figures.push(await measure(size));
  deviations = [...figures.flatMap(noOpDeviations), ...added.flatMap(addedHostnameDeviations)];
  process.stderr.write(`${size.hostnames} hostnames, ${size.zones} zones: measured\n`);
  // After every size, so that an interrupted run keeps its figures.
  await write();
}
for (const deviation of deviations) process.stderr.write(`error: ${deviation}\n`);
process.exitCode = deviations.length === 0 ? 0 : 1;

async function measure(size: Size): Promise<SizeFigures> {
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const ozilab = () =>
      live("ozilab", size, async (stack, life) => {
        // A zone's first hostname would also create the zone's rules.
        const everyZoneHasOne = size.hostnames >= size.zones;
        if (size.hostnames === largest && everyZoneHasOne && round === 0) {
          added.push(await addHostname(stack, size, life["no-op up"]));
        }
      });
    const flat = () => live("flat", size);
    if (round % 2 === 0) measured.push({ ozilab: await ozilab(), flat: await flat() });
    else measured.push({ flat: await flat(), ozilab: await ozilab() });
  }
  return { ...size, rounds: measured };
}

async function write(): Promise<void> {
  const minutes = (performance.now() - start) / 60_000;
  const page = sandboxPage({ sizes: figures, empty, added, deviations, machine, minutes });
  const formatted = await format(page, { parser: "markdown", printWidth: 110, proseWrap: "always" });
  await writeFile(new URL("../docs/sandbox-benchmark.md", import.meta.url), formatted);
  await writeFile(new URL("../docs/sandbox-benchmark.svg", import.meta.url), sandboxChart(figures));
}
