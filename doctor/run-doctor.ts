import type { Check } from "./core/check.ts";
import { type Report, type Result, verdictOf } from "./core/report.ts";
import { runChecks } from "./core/run-checks.ts";

/** Runs the checks once. @param onResult - called in the order of the checks, as soon as a result is known */
export async function runDoctor(
  stack: string,
  checks: readonly Check[],
  onResult: (result: Result) => void = () => undefined,
): Promise<Report> {
  const startedAt = new Date().toISOString();
  const results: Result[] = [];
  for await (const result of runChecks(checks)) {
    results.push(result);
    onResult(result);
  }
  return { stack, startedAt, finishedAt: new Date().toISOString(), results, verdict: verdictOf(results) };
}
