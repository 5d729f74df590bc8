import type { StackProblem } from "./github/stack-issue.ts";
import { type DoctorReport, renderDoctorReport } from "./report/doctor-report.ts";

export interface Examination {
  readonly stacks: readonly string[];
  /** The doctor's report of a stack; undefined if the doctor cannot start. */
  readonly examine: (stack: string) => Promise<DoctorReport | undefined>;
  /** Keeps the issue of a stack. */
  readonly put: (problem: StackProblem) => Promise<void>;
  readonly print: (line: string) => void;
}

/**
 * Examines stacks one after the other, and reports each.
 *
 * @returns the exit status: 1 if a stack is broken, else 2 if one could not be checked wholly, else 0
 */
export async function examineStacks({ stacks, examine, put, print }: Examination): Promise<number> {
  const verdicts: DoctorReport["verdict"][] = [];
  for (const stack of stacks) {
    const report = await examine(stack);
    verdicts.push(report?.verdict ?? "unknown");
    if (report === undefined) continue;
    const text = report.verdict === "healthy" ? undefined : renderDoctorReport(stack, report);
    print(`${stack}: ${text ?? "healthy"}`);
    // What could not be checked is no reason to open an issue, and none to close one.
    if (report.verdict !== "unknown") await put({ stack, report: text });
  }
  if (verdicts.includes("broken")) return 1;
  return verdicts.includes("unknown") ? 2 : 0;
}
