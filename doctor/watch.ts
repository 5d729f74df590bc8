import type { Check } from "./core/check.ts";
import type { Report, Result } from "./core/report.ts";
import type { Printer } from "./report/printer.ts";
import { runDoctor } from "./run-doctor.ts";

/** What of a result counts as a change. Evidence is left out: days left and addresses change by themselves. */
function state({ status, finding, consequenceOf }: Result): string {
  return [status, finding?.cause, consequenceOf].join(" ");
}

/** The results that a report has and the one before it did not. */
export function changes(before: Report | undefined, { results }: Report): readonly Result[] {
  const known = new Map(before?.results.map((result) => [result.id, state(result)]));
  return results.filter((result) => known.get(result.id) !== state(result));
}

/**
 * Repeats the checks until the signal aborts. Prints the first run whole, then only what changes.
 *
 * @param checks - makes the checks anew for each run: they share readings among them
 * @param pause - waits between two runs
 * @returns the last report
 */
export async function watch(
  stack: string,
  checks: () => readonly Check[],
  printer: Printer,
  pause: () => Promise<void>,
  signal: AbortSignal,
): Promise<Report> {
  let last: Report | undefined;
  for (;;) {
    const report = await runDoctor(stack, checks());
    const changed = changes(last, report);
    if (last !== undefined && changed.length > 0) printer.note(`\n${report.finishedAt}`);
    for (const result of changed) printer.print(result);
    if (changed.length > 0) printer.end(report);
    last = report;
    if (!signal.aborted) await pause();
    if (signal.aborted) return report;
  }
}
