import Table from "cli-table3";
import type { Result } from "../core/report.ts";

/** The findings as a table of at most 120 columns; nothing without a finding. */
export function findingsTable(results: readonly Result[]): readonly string[] {
  const rows = results.flatMap(({ subject, evidence, finding }) =>
    finding === undefined ? [] : [[subject, `${finding.cause}: ${finding.text}`, evidence, finding.fix]],
  );
  if (rows.length === 0) return [];
  const table = new Table({
    head: ["Where", "Cause", "Evidence", "Fix"],
    colWidths: [24, 30, 32, 32],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  table.push(...rows);
  return [table.toString()];
}
