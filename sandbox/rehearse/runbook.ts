import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const RUNBOOK = join(resolve(import.meta.dirname, "..", ".."), "docs", "runbook.md");

/** Marks a block of commands that the rehearsal or a test runs: `<!-- run: cluster-lost -->`. */
const BLOCK = /^<!-- run: ([\w-]+) -->\n+((?:^(?: {4}.*)?\n)+)/gm;

/** A line of a block: a command, or a comment that starts with `# console:` for what a person does there. */
export interface RunbookStep {
  readonly kind: "command" | "console";
  readonly text: string;
}

/** The steps of every marked block of the runbook, by the block's name. */
export function runbookBlocks(
  text = readFileSync(RUNBOOK, "utf8"),
): ReadonlyMap<string, readonly RunbookStep[]> {
  return new Map([...text.matchAll(BLOCK)].map(([, name = "", lines = ""]) => [name, stepsOf(lines)]));
}

function stepsOf(block: string): readonly RunbookStep[] {
  // A backslash continues a command on the next line.
  const lines = block.replaceAll(/\\\n\s*/g, "").split("\n");
  return lines.flatMap((line): readonly RunbookStep[] => {
    const text = line.trim();
    const [, action] = /^# console: (.*)$/.exec(text) ?? [];
    if (action !== undefined) return [{ kind: "console", text: action }];
    return text === "" || text.startsWith("#") ? [] : [{ kind: "command", text }];
  });
}
