import type { Report, Result } from "../core/report.ts";
import { findingsTable } from "./findings-table.ts";
import type { Paint } from "./paint.ts";

const SIGNS = { ok: "✓", broken: "✗", unknown: "?" } as const;
const COLOURS = { ok: "green", broken: "red", unknown: "yellow" } as const;

/** One line for one result: its sign, subject and title, and what was seen. */
export function resultLine(result: Result, paint: Paint): string {
  const { status, subject, title, evidence, consequenceOf } = result;
  const sign = paint(COLOURS[status], SIGNS[status]);
  const because = consequenceOf === undefined ? "" : ` (a consequence of ${consequenceOf})`;
  return `  ${sign} ${subject}: ${title}${because}\n      ${paint("dim", evidence)}`;
}

export function groupHeading({ group }: Pick<Result, "group">, paint: Paint): string {
  return paint("bold", group);
}

/** The report's end: a table of the findings, then the verdict and the counts. */
export function summary({ stack, results, verdict }: Report, paint: Paint): string {
  const counts = (["ok", "broken", "unknown"] as const)
    .map((status) => `${results.filter((result) => result.status === status).length} ${status}`)
    .join(", ");
  const colour = { healthy: "green", broken: "red", unknown: "yellow" } as const;
  return [
    "",
    ...findingsTable(results),
    `${stack}: ${paint(colour[verdict], VERDICTS[verdict])} (${counts})`,
  ].join("\n");
}

const VERDICTS = {
  healthy: "healthy",
  broken: "broken",
  unknown: "some checks could not tell",
} as const;
