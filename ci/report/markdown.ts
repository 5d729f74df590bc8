import { redacted } from "../../live/redacted.ts";

/**
 * Shows a text as code in a table's cell or a line. Neither Markdown nor HTML in it takes effect, and GitHub notifies
 * nobody whose name is in it.
 */
export function code(text: string): string {
  const oneLine = shortened(redacted(text), 200).replaceAll(/\s+/g, " ").trim();
  // GitHub splits a table's cells before it reads code.
  const inert = oneLine.replaceAll("`", "'").replaceAll("|", String.raw`\|`);
  return inert === "" ? "" : `\`${inert}\``;
}

/** Shows lines as a block of code that its content cannot end. */
export function codeBlock(language: string, lines: readonly string[]): string {
  const text = redacted(lines.join("\n"));
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A section that the reader unfolds. The summary must be safe: a stack's name, a count. */
export function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** Keeps the start of a text that is too long. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
