// Checks a deployed stack on the live systems, hop by hop. Only reads.
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { readProviderSettings } from "../live/provider-settings.ts";
import { runLiveCommand } from "../live/run-live-command.ts";
import { allChecks } from "./all-checks.ts";
import { type Format, readArguments, USAGE } from "./arguments.ts";
import { EXIT_STATUS, type Report } from "./core/report.ts";
import { renderMetrics } from "./metrics/prometheus.ts";
import { writeMetrics } from "./metrics/write-metrics.ts";
import { renderPage } from "./page/page.ts";
import { machineNetwork } from "./probes/network.ts";
import { paintFor } from "./report/paint.ts";
import { Printer } from "./report/printer.ts";
import { runDoctor } from "./run-doctor.ts";
import { liveSystems, loadClients } from "./systems.ts";
import type { StackOutputs } from "./target/outputs.ts";
import { readTarget } from "./target/read-target.ts";
import type { Target } from "./target/target.ts";
import { watch } from "./watch.ts";

const ROOT = resolve(import.meta.dirname, "..");
const PAUSE_MS = 10_000;

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const { stack, format } = options;
  const settings = await readProviderSettings(ROOT, stack);
  const target = await readTarget(ROOT, options);
  await loadClients(liveSystems(settings));
  const checks = () => allChecks(target, liveSystems(settings), machineNetwork(options.from === "client"));
  const report = options.watch
    ? await watchUntilInterrupted(stack, checks)
    : format === "text"
      ? await printText(stack, checks())
      : await printWhole(format, target, checks());
  if (options.metricsFile !== undefined) await writeMetrics(options.metricsFile, await renderMetrics(report));
  process.exitCode = EXIT_STATUS[report.verdict];
}

type Checks = ReturnType<typeof allChecks>;

function printer(): Printer {
  return new Printer(process.stdout, paintFor(process.stdout, process.env));
}

async function printText(stack: string, checks: Checks): Promise<Report> {
  const shown = printer();
  let done = 0;
  shown.wait(checks[done]);
  const report = await runDoctor(stack, checks, (result) => {
    shown.print(result);
    done += 1;
    shown.wait(checks[done]);
  });
  shown.end(report);
  return report;
}

async function printWhole(
  format: Exclude<Format, "text">,
  { stack, outputs }: Target,
  checks: Checks,
): Promise<Report> {
  const report = await runDoctor(stack, checks);
  process.stdout.write(await RENDERERS[format](report, outputs));
  return report;
}

const RENDERERS: Readonly<
  Record<Exclude<Format, "text">, (report: Report, outputs: StackOutputs) => string | Promise<string>>
> = {
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: renderPage,
  prometheus: renderMetrics,
};

async function watchUntilInterrupted(stack: string, checks: () => Checks): Promise<Report> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => {
    interrupted.abort();
  });
  const pause = () => setTimeout(PAUSE_MS, undefined, { signal: interrupted.signal }).catch(() => undefined);
  return await watch(stack, checks, printer(), pause, interrupted.signal);
}

// A reader that has seen enough, such as head, closes the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
await runLiveCommand(main, EXIT_STATUS.unknown);
