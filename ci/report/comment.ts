import { ACKNOWLEDGEMENT, isAcknowledged, wideningChecksum, wideningLines } from "./acknowledgement.ts";
import { type ChangeKind, type ExposureChange, exposureChanges } from "./exposure-change.ts";
import { code, codeBlock, details, shortened, table } from "./markdown.ts";
import { operationLines, operationSummary } from "./operation-lines.ts";
import { policyChange } from "./policy-change.ts";
import { routesDiagram } from "./routes-diagram.ts";
import type { ExposedRoute } from "./stack-plan.ts";
import type { StackReport } from "./stack-report.ts";

/** Marks the one comment that this program writes on a pull request. Invisible in GitHub. */
export const COMMENT_MARK = "<!-- tailnet-edge: preview -->";

/** GitHub refuses a comment with more than 65,536 characters. */
const MAX_LENGTH = 65_000;
const MAX_STACK_LINES = 300;

export interface CommentInput {
  /** The commit that was previewed. */
  readonly commit: string;
  readonly reports: readonly StackReport[];
  /** Where an acknowledgement may be: the pull request's description. */
  readonly description: string;
}

export interface Comment {
  readonly text: string;
  /** Why the check fails; empty if it passes. */
  readonly failures: readonly string[];
}

/** Builds the comment on a pull request, and says whether its check passes. */
export function buildComment({ commit, reports, description }: CommentInput): Comment {
  const widening = wideningLines(reports);
  const checksum = wideningChecksum(widening);
  const isOpen = widening.length > 0 && !isAcknowledged(description, checksum);
  const textWith = (sections: (report: StackReport) => readonly string[]) =>
    [
      COMMENT_MARK,
      heading(commit),
      ...(reports.length === 0 ? ["No stack is touched by this change."] : [summaryTable(reports)]),
      ...(widening.length === 0 ? [] : [wideningNotice(widening, checksum, isOpen)]),
      ...failureSections(reports),
      ...exposureSection(reports),
      ...reports.flatMap(sections),
    ].join("\n\n");
  const text = textWith(stackSections);
  return {
    // What says who gains access stays, whatever the length.
    text: text.length <= MAX_LENGTH ? text : shortened(textWith(longStackSection), MAX_LENGTH),
    failures: [
      ...reports.flatMap(({ stack, preview }) =>
        preview.kind === "failed" ? [`the preview of stack ${stack} failed`] : [],
      ),
      ...(isOpen ? [`somebody gains access, and no line ${ACKNOWLEDGEMENT}: ${checksum} accepts it`] : []),
    ],
  };
}

/** Why there is no result to show, as a sentence of the comment. */
const NO_RESULT = {
  missing: "**The preview failed or was cancelled before it had a result.** The log of its job says why.",
  unreadable:
    "**The report of the preview cannot be read, so its result is not known.** Run the preview again with the newest base branch.",
} as const;

/** The comment of a run without a result: it replaces an older one, which would be taken for this commit's. */
export function commentWithoutResult(commit: string, why: keyof typeof NO_RESULT): string {
  const failure = NO_RESULT[why];
  return [COMMENT_MARK, heading(commit), failure].join("\n\n");
}

function heading(commit: string): string {
  return `## Preview of ${code(commit.slice(0, 12))}`;
}

function summaryTable(reports: readonly StackReport[]): string {
  return table(
    ["Stack", "Operations", "Exposure", "Warnings"],
    reports.map(({ stack, base, head, preview }) => [
      code(stack),
      preview.kind === "failed" ? "**failed**" : operationSummary(preview),
      exposureSummary(exposureChanges(base, head)),
      preview.kind === "failed" ? "" : String(preview.warnings.length),
    ]),
  );
}

function exposureSummary(changes: readonly ExposureChange[]): string {
  if (changes.length === 0) return "unchanged";
  const counts = Map.groupBy(changes, ({ kind }) => kind);
  return [...counts].map(([kind, { length }]) => `${length} ${KIND_TEXTS[kind]}`).join(", ");
}

const KIND_TEXTS: Readonly<Record<ChangeKind, string>> = {
  public: "🔴 **becomes public**",
  widened: "🟠 **more clients**",
  rerouted: "🔵 another route",
  narrowed: "🟢 fewer clients",
  closed: "⚪ closed",
};

function wideningNotice(lines: readonly string[], checksum: string, isOpen: boolean): string {
  const noun = lines.length === 1 ? "entry gives" : "entries give";
  const body = isOpen
    ? [
        `**${lines.length} ${noun} somebody more access.** The check fails until the description of the pull request has this line:`,
        "",
        code(`${ACKNOWLEDGEMENT}: ${checksum}`),
      ]
    : [
        `**${lines.length} ${noun} somebody more access**, accepted in the description with ${code(checksum)}.`,
      ];
  const shown = lines.slice(0, 50).map((line) => `- ${code(line)}`);
  const more = lines.length > 50 ? [`- and ${lines.length - 50} more`] : [];
  return [
    `> [!${isOpen ? "CAUTION" : "WARNING"}]`,
    ...[...body, "", ...shown, ...more].map((line) => `> ${line}`),
  ].join("\n");
}

function failureSections(reports: readonly StackReport[]): readonly string[] {
  return reports.flatMap(({ stack, preview }) =>
    preview.kind === "failed"
      ? [`### ${code(stack)} failed\n\n${codeBlock("text", shortened(preview.message, 4000).split("\n"))}`]
      : [],
  );
}

function exposureSection(reports: readonly StackReport[]): readonly string[] {
  const rows = reports.flatMap(({ stack, base, head }) =>
    exposureChanges(base, head).map((change) => [
      KIND_TEXTS[change.kind],
      code(stack),
      code(change.name),
      code(change.address),
      routesText(change.before),
      routesText(change.after),
    ]),
  );
  if (rows.length === 0) return [];
  const head = ["Change", "Stack", "Service", "Address", "Before", "After"];
  return [`### Change in exposure\n\n${table(head, rows.slice(0, 100))}`];
}

function routesText(routes: readonly ExposedRoute[]): string {
  if (routes.length === 0) return "nobody";
  return routes
    .map(({ allowed, route }) => `${code(allowed.join(", "))} through ${code(route)}`)
    .join("<br>");
}

function stackSections({ stack, base, head, preview }: StackReport): readonly string[] {
  const isChanged = exposureChanges(base, head).length > 0;
  const { added, removed } = policyChange(base, head);
  const policyLines = [...added.map((entry) => `+ ${entry}`), ...removed.map((entry) => `- ${entry}`)];
  const warnings = preview.kind === "failed" ? [] : preview.warnings;
  return [
    `### Stack ${code(stack)}`,
    ...(isChanged ? [codeBlock("mermaid", routesDiagram(base, head))] : []),
    ...(preview.kind === "failed" || preview.operations.length === 0
      ? []
      : [details(operationSummary(preview), diffBlock(operationLines(preview.operations)))]),
    ...(policyLines.length === 0
      ? []
      : [details(`Policy: ${added.length} added, ${removed.length} removed`, diffBlock(policyLines))]),
    ...(warnings.length === 0
      ? []
      : [
          details(
            warningCount(warnings.length),
            codeBlock(
              "text",
              warnings.flatMap((one) => one.split("\n")),
            ),
          ),
        ]),
  ];
}

function warningCount(count: number): string {
  return count === 1 ? "1 warning" : `${count} warnings`;
}

function diffBlock(lines: readonly string[]): string {
  const more = lines.length - MAX_STACK_LINES;
  return codeBlock("diff", [
    ...lines.slice(0, MAX_STACK_LINES),
    ...(more > 0 ? [`  and ${more} more lines`] : []),
  ]);
}

/** In place of a stack's diff, in a comment that would be too long. */
function longStackSection({ stack }: StackReport): readonly string[] {
  return [`### Stack ${code(stack)}\n\nThe diff is too long for a comment: see the log of the job.`];
}
