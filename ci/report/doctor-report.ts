import { z } from "zod";
import { code, table } from "./markdown.ts";

const result = z.object({
  subject: z.string(),
  title: z.string(),
  status: z.enum(["ok", "broken", "unknown", "skipped"]),
  evidence: z.string(),
  finding: z.object({ text: z.string(), fix: z.string() }).optional(),
});

/** The options of the doctor in CI, whose machine is no client of the private services. */
export function doctorOptions(stack: string): readonly string[] {
  return [`--stack=${stack}`, "--from=elsewhere", "--format=json"];
}

/** The part of `make doctor FORMAT=json` that a report for people needs. */
export const doctorReport = z.object({
  verdict: z.enum(["healthy", "broken", "unknown"]),
  finishedAt: z.string(),
  results: z.array(result),
});

export type DoctorReport = z.infer<typeof doctorReport>;

/** GitHub shows an issue of at most 65,536 characters. */
const MAX_ROWS = 50;

/** What a report says about a stack. */
export function findingOf(stack: string, report: DoctorReport) {
  const { verdict } = report;
  return { verdict, report: verdict === "healthy" ? undefined : renderDoctorReport(stack, report) };
}

/** Causes and fixes as Markdown, then what could not be checked. Consequences are left out. */
export function renderDoctorReport(stack: string, { finishedAt, results }: DoctorReport): string {
  const causes = results.flatMap(({ subject, evidence, finding }) =>
    finding === undefined ? [] : [[subject, finding.text, finding.fix, evidence].map(code)],
  );
  const unknown = results
    .filter(({ status }) => status === "unknown")
    .map(({ subject, title, evidence }) => [subject, title, evidence].map(code));
  return [
    `\`make doctor STACK=${stack}\`, at ${code(finishedAt)}.`,
    ...section("What to fix", ["Where", "Cause", "Fix", "Found"], causes),
    ...section("What could not be checked", ["Where", "Check", "Reason"], unknown),
  ].join("\n\n");
}

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  if (rows.length === 0) return [];
  const more = rows.length > MAX_ROWS ? [`${rows.length - MAX_ROWS} more.`] : [];
  return [`### ${title}`, table(head, rows.slice(0, MAX_ROWS)), ...more];
}
