import type { Status } from "../core/check.ts";
import type { Report, Result } from "../core/report.ts";
import { findingsTable } from "./findings-table.ts";
import type { Paint } from "./paint.ts";

const SIGNS = { ok: "✓", broken: "✗", unknown: "?", skipped: "-" } as const;
const COLOURS = { ok: "green", broken: "red", unknown: "yellow", skipped: "dim" } as const;

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
  const count = (status: Status) => results.filter((result) => result.status === status).length;
  const always = (["ok", "broken", "unknown"] as const).map((status) => `${count(status)} ${status}`);
  const counts = [...always, ...(count("skipped") > 0 ? [`${count("skipped")} skipped`] : [])].join(", ");
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
