import { type ConfigIssue, renderIssues } from "../components/config-issue.ts";
import type { Finding } from "./finding.ts";
import type { Look } from "./look.ts";

/**
 * Prints what exists in three lists: taken over as it is, taken over with changes, in conflict. After them comes what
 * could not be read, and what does not exist.
 *
 * @param inState - URNs of the stack's state; their resources are taken over already
 */
export function renderLook(stack: string, { findings, unread }: Look, inState: ReadonlySet<string>): string {
  const open = findings.filter(({ resource, kind }) => kind === "conflict" || !inState.has(resource.urn));
  const found = open.flatMap((one) => (one.kind === "existing" ? [one] : []));
  const absent = open.flatMap((one) => (one.kind === "missing" ? [one] : []));
  const unchanged = found.filter(({ changes }) => changes.length === 0);
  const changed = found.filter(({ changes }) => changes.length > 0);
  const conflicts = open.flatMap((one) =>
    one.kind === "conflict" ? [{ path: one.subject, ...one.issue }] : [],
  );
  return [
    section("Taken over as it is", unchanged.map(lines)),
    section("Taken over with these changes", changed.map(lines)),
    issueSection("In conflict", conflicts, `stack ${stack}`),
    ...(unread.length > 0 ? [issueSection("Not looked at", unread, `reading for stack ${stack}`)] : []),
    section("Created by the first up", absent.map(lines)),
    ...(findings.length > open.length
      ? [`In the stack's state already: ${findings.length - open.length}`]
      : []),
  ].join("\n\n");
}

function lines(finding: Finding): string {
  const details =
    finding.kind === "existing"
      ? finding.changes
      : finding.kind === "missing" && finding.note
        ? [finding.note]
        : [];
  const id = finding.kind === "existing" && finding.importId !== undefined ? ` (ID ${finding.importId})` : "";
  return [
    `  ${finding.subject}${id}`,
    ...details.map((line) => `    ${line.replaceAll("\n", "\n    ")}`),
  ].join("\n");
}

function section(title: string, entries: readonly string[]): string {
  return [`${title}: ${entries.length}`, ...entries].join("\n");
}

function issueSection(title: string, issues: readonly ConfigIssue[], subject: string): string {
  if (issues.length === 0) return `${title}: 0`;
  const [, ...rest] = renderIssues(subject, issues).split("\n");
  return [`${title}: ${issues.length}`, ...rest].join("\n");
}
