import { shortened } from "./markdown.ts";
import type { StackOperation, StackReport } from "./stack-report.ts";

type Finished = Exclude<StackReport["preview"], { kind: "failed" }>;

/** Texts longer than this are named and not shown: the policy has a section of its own. */
const MAX_VALUE = 300;

/** `1 to create, 3 to update`, and whether credentials were missing. */
export function operationSummary({ kind, operations }: Finished): string {
  const counts = Map.groupBy(operations, ({ op }) => op);
  const text = [...counts]
    .toSorted(([one], [other]) => rank(one) - rank(other))
    .map(([op, { length }]) => `${length} to ${op}`)
    .join(", ");
  return `${text === "" ? "no changes" : text}${kind === "offline" ? " (offline plan)" : ""}`;
}

/** The operations as lines of a diff. */
export function operationLines(operations: readonly StackOperation[]): readonly string[] {
  return operations.flatMap(({ op, type, name, changes }) => [
    `${SIGNS[op] ?? "!"} ${op} ${oneLine(type)} ${oneLine(name)}`,
    ...changes.flatMap(({ path, before, after }) => [
      `    ${oneLine(path)}`,
      ...valueLine("-", before),
      ...valueLine("+", after),
    ]),
  ]);
}

/** The sign of each operation in a diff, in the order of the summary. */
const SIGNS: Readonly<Record<string, string>> = {
  create: "+",
  import: "+",
  update: "!",
  replace: "!",
  delete: "-",
  discard: "-",
};

function rank(op: string): number {
  const index = Object.keys(SIGNS).indexOf(op);
  return index < 0 ? Object.keys(SIGNS).length : index;
}

function valueLine(sign: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const isLong = value.length > MAX_VALUE || value.includes("\n");
  return [`${sign}       ${isLong ? `${value.length} characters` : value}`];
}

function oneLine(text: string): string {
  return shortened(text, 300).replaceAll(/\s+/g, " ");
}
