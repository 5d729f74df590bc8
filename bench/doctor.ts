/**
 * Measures `make doctor` on a healthy stack with one hostname and with twenty, in turns within one run, and writes
 * docs/doctor-benchmark.md. Fails if a check is not ok, or if twenty hostnames take too long over a network.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg } from "node:os";
import { format } from "prettier";
import { DOCTOR_USAGE, readDoctorArguments } from "./arguments.ts";
import { commandLine } from "./command-line.ts";
import {
  type DoctorFigures,
  type DoctorRun,
  type DoctorSystems,
  ratioOf,
  type RoundTrips,
  type SystemsRequest,
} from "./doctor-figures.ts";
import { doctorPage, MANY, TARGET } from "./doctor-page.ts";

const { rounds } = commandLine(readDoctorArguments, DOCTOR_USAGE);

const NETWORK: RoundTrips = { network: 30, api: 80 };
const LOOPBACK: RoundTrips = { network: 0, api: 0 };
const roundTrips = [NETWORK, LOOPBACK];

const load = (loadavg()[0] ?? 0).toFixed(1);
const machine = `${availableParallelism()} cores, ${cpus()[0]?.model ?? "unknown"}, load ${load} at the start, Node ${process.version}`;
const [one, many] = [await startSystems(1), await startSystems(MANY)];
const figures: DoctorFigures[] = [];
for (const [index, trips] of roundTrips.entries()) {
  const runs: Record<"one" | "many", DoctorRun[]> = { one: [], many: [] };
  for (let round = 0; round < rounds; round += 1) {
    runs.one.push(await runDoctor(one.places[index]));
    runs.many.push(await runDoctor(many.places[index]));
  }
  figures.push({ roundTrips: trips, ...runs });
}
one.stop();
many.stop();

const notOk = new Set(figures.flatMap((of) => [...of.one, ...of.many].flatMap((run) => run.notOk)));
for (const check of notOk) process.stderr.write(`error: not ok: ${check}\n`);
const [overNetwork] = figures;
const isMissed = overNetwork !== undefined && ratioOf(overNetwork) > TARGET;
if (isMissed)
  process.stderr.write(`error: ${MANY} hostnames take more than ${TARGET} times as long as one\n`);
const page = await format(doctorPage({ figures, machine }), {
  parser: "markdown",
  printWidth: 110,
  proseWrap: "always",
});
await writeFile(new URL("../docs/doctor-benchmark.md", import.meta.url), page);
process.exitCode = isMissed || notOk.size > 0 ? 1 : 0;

/** Starts the process of the systems. Its places are in the order of the round trips. */
async function startSystems(hostnames: number) {
  const request: SystemsRequest = { hostnames, roundTrips };
  const child = fork(new URL("doctor-systems.ts", import.meta.url), [JSON.stringify(request)]);
  const places: DoctorSystems[] = [];
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`the systems ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const received = new Promise<void>((resolve) => {
    child.on("message", (message) => {
      places.push(message as DoctorSystems);
      if (places.length === roundTrips.length) resolve();
    });
  });
  await Promise.race([received, ended]);
  return {
    places,
    stop: () => {
      child.disconnect();
    },
  };
}

async function runDoctor(systems: DoctorSystems | undefined): Promise<DoctorRun> {
  const child = fork(new URL("doctor-run.ts", import.meta.url));
  const ended = once(child, "exit");
  child.send(systems ?? {});
  const message = once(child, "message") as Promise<[DoctorRun]>;
  const failed = ended.then(([code]): never => {
    throw new Error(`the doctor ended with ${String(code)}`);
  });
  const [run] = await Promise.race([message, failed]);
  await ended;
  return run;
}
