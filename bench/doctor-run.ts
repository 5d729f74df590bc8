/** Runs the checks of `make doctor` once in a process of its own, as a person does, and sends what it took. */
import { once } from "node:events";
import { allChecks } from "../doctor/all-checks.ts";
import { runDoctor } from "../doctor/run-doctor.ts";
import { liveSystems, loadClients } from "../doctor/systems.ts";
import { readTarget } from "../doctor/target/read-target.ts";
import { ProviderSettings } from "../live/provider-settings.ts";
import { networkOf } from "../tools/edge-lab/network.ts";
import type { DoctorRun, DoctorSystems } from "./doctor-figures.ts";

const STACK = "ozilab";

const [systems] = (await once(process, "message")) as [DoctorSystems];
const settings = new ProviderSettings({}, [], { values: {} }, systems.variables);
const target = await readTarget(systems.projectFolder, { stack: STACK, outputsFile: systems.outputsFile });
await loadClients(liveSystems(settings));

const cpu = process.cpuUsage();
const start = performance.now();
const { results } = await runDoctor(
  STACK,
  allChecks(target, liveSystems(settings), networkOf(systems.places)),
);
const milliseconds = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
const run: DoctorRun = {
  milliseconds,
  cpuMilliseconds: (user + system) / 1000,
  checks: results.length,
  notOk: results.filter(({ status }) => status !== "ok").map(({ id, evidence }) => `${id}: ${evidence}`),
};
process.send?.(run, () => {
  process.disconnect();
});
