import {
  type Calls,
  factor,
  growths,
  lastGrowths,
  type Life,
  marginal,
  ratio,
  type Round,
  seconds,
  type Size,
  type SizeFigures,
  spread,
  type Step,
  STEPS,
} from "./sandbox-figures.ts";

/** Highest allowed ratio of the ozilab stack's time to the flat program's. */
export const LIMIT = 1.15;

const PROGRAMS = ["ozilab", "flat"] as const satisfies readonly (keyof Round)[];

type Cell = string | number;

export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

export function label({ hostnames, zones }: Size): string {
  return `${hostnames} / ${zones}`;
}

/** Ratios of the two programs, each with whether it is within {@link LIMIT}. */
export function ratioTable(sizes: readonly SizeFigures[]): string {
  const cell = (size: SizeFigures, step: Step) => {
    const { median, min, max } = ratio(size, step);
    return `${two(median)} (${two(min)} to ${two(max)}), ${median <= LIMIT ? "met" : "missed"}`;
  };
  return table(
    ["hostnames / zones", "rounds", ...STEPS],
    sizes.map((size) => [label(size), size.rounds.length, ...STEPS.map((step) => cell(size, step))]),
  );
}

/** Medians of each program; the empty one, which has no size, last. */
export function secondsTable(sizes: readonly SizeFigures[], empty: readonly Life[]): string {
  const emptySeconds = (step: Step) => spread(empty.map((life) => life[step].seconds)).median;
  return table(
    ["hostnames / zones", ...perProgram((step, program) => `${step}: ${program}`)],
    [
      ...sizes.map((size) => [label(size), ...perProgram((step, name) => two(seconds(size, name, step)))]),
      ["empty program", ...STEPS.flatMap((step) => [two(emptySeconds(step)), ""])],
    ],
  );
}

/** Time of each program at the largest size divided by its time at the size before. */
export function factorTable(sizes: readonly SizeFigures[]): string {
  return table(
    ["from", "to", ...perProgram((step, program) => `${step}: ${program}`)],
    lastGrowths(sizes).map((growth) => [
      label(growth.from),
      label(growth.to),
      ...perProgram((step, name) => `× ${factor(growth, name, step).toFixed(1)}`),
    ]),
  );
}

/** Milliseconds for each additional hostname, from each size to the next. */
export function growthTable(sizes: readonly SizeFigures[]): string {
  return table(
    ["from", "to", ...perProgram((step, program) => `${step}: ${program}`)],
    growths(sizes).map((growth) => [
      label(growth.from),
      label(growth.to),
      ...perProgram((step, name) => (1000 * marginal(growth, name, step)).toFixed(1)),
    ]),
  );
}

/** One table for each step, with a row for each operation that it calls at any size. */
export function callTables(sizes: readonly SizeFigures[]): string {
  return STEPS.map((step) => {
    const columns = sizes.map(({ rounds }): Calls => rounds[0]?.ozilab[step].calls ?? {});
    const operations = [...new Set(columns.flatMap((calls) => Object.keys(calls)))].sort();
    const rows = operations.map((name) => [`\`${name}\``, ...columns.map((calls) => calls[name] ?? 0)]);
    return table([step, ...sizes.map(label)], rows);
  }).join("\n\n");
}

function perProgram(cell: (step: Step, name: keyof Round) => string): readonly string[] {
  return STEPS.flatMap((step) => PROGRAMS.map((name) => cell(step, name)));
}

function two(value: number): string {
  return value.toFixed(2);
}
