import type { Result } from "../../../doctor/core/report.ts";
import { runChecks } from "../../../doctor/core/run-checks.ts";
import { dataPathChecks } from "../../../doctor/data-path/hostname-checks.ts";
import { startLab } from "../../../tools/edge-lab/lab.ts";
import { networkOf } from "../../../tools/edge-lab/network.ts";
import { FUNNEL, type LabSettings, ZONE } from "../../../tools/edge-lab/settings.ts";
import type { SharedParts } from "../../../tools/edge-lab/shared.ts";

/** Longer than any probe waits in the laboratory. */
const CHECK_LIMIT_MS = 60_000;

/** Starts a laboratory in a state, runs every check of the data path, and stops it. */
export async function diagnose(shared: SharedParts, settings: LabSettings): Promise<readonly Result[]> {
  const lab = await startLab(shared, settings);
  try {
    const hostnames = settings.hosts.map((host) => ({
      host,
      zone: ZONE,
      funnel: { expected: FUNNEL, actual: FUNNEL },
      originLock: settings.originLock !== "off",
    }));
    const results: Result[] = [];
    for await (const result of runChecks(dataPathChecks(networkOf(lab.places), hostnames), CHECK_LIMIT_MS)) {
      results.push(result);
    }
    return results;
  } finally {
    await lab.stop();
  }
}

/** The causes that are reported, in their order. */
export function causesOf(results: readonly Result[]): readonly string[] {
  return results.flatMap(({ finding }) => finding?.cause ?? []);
}
