import { Gauge, Registry } from "prom-client";
import type { Status } from "../core/check.ts";
import type { Report, Verdict } from "../core/report.ts";

const PREFIX = "tailnet_edge_doctor";
const STATUSES: readonly Status[] = ["ok", "broken", "unknown", "skipped"];
const VERDICTS: readonly Verdict[] = ["healthy", "broken", "unknown"];

/**
 * Renders a report in Prometheus' text format.
 *
 * Each check, and the whole report, has one series for each state. One of them is 1, and the others are 0.
 */
export async function renderMetrics(report: Report): Promise<string> {
  const { stack, startedAt, finishedAt, results, verdict } = report;
  const registry = new Registry();
  registry.setDefaultLabels({ stack });
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `${PREFIX}_${name}`, help, labelNames, registers: [registry] });

  const verdicts = gauge("verdict", "1 for the verdict of the last run", "verdict");
  for (const one of VERDICTS) verdicts.set({ verdict: one }, one === verdict ? 1 : 0);

  const statuses = gauge("check_status", "1 for the status of a check", "group", "check", "status");
  const causes = gauge("finding", "1 for each cause that the last run found", "check", "cause");
  for (const { id, group, status, finding } of results) {
    for (const one of STATUSES) statuses.set({ group, check: id, status: one }, one === status ? 1 : 0);
    if (finding !== undefined) causes.set({ check: id, cause: finding.cause }, 1);
  }

  const end = Date.parse(finishedAt);
  gauge("duration_seconds", "How long the last run took").set((end - Date.parse(startedAt)) / 1000);
  gauge("last_run_timestamp_seconds", "When the last run ended").set(end / 1000);
  return await registry.metrics();
}
