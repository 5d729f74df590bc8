/** Calls of the simulated APIs, by operation. */
export type Calls = Readonly<Record<string, number>>;

export type Way = "ozilab" | "flat" | "empty";

export const STEPS = ["preview", "up", "no-op up"] as const;
export type Step = (typeof STEPS)[number];

export type Seconds = Readonly<Record<Step, number>>;

/** Medians of one size, in seconds. */
export interface SizeFigures {
  readonly hostnames: number;
  readonly zones: number;
  readonly rounds: number;
  readonly seconds: Readonly<Record<"ozilab" | "flat", Seconds>>;
  /** Of the ozilab stack, without previews, which change nothing. */
  readonly calls: Readonly<Record<"up" | "no-op up", Calls>>;
  /** The calls of the flat program's first up. */
  readonly flatCalls: Calls;
}

export interface SandboxFigures {
  readonly sizes: readonly SizeFigures[];
  /** Of the empty program, which has no size. */
  readonly empty: Seconds;
  /** Calls of an up after one more hostname, by the number of zones, at the largest size. */
  readonly added: readonly { readonly hostnames: number; readonly zones: number; readonly calls: Calls }[];
  /** Cores, processor, versions, load: for the reader of absolute figures. */
  readonly machine: string;
}

/** What the ozilab stack may take of the flat program's time. */
export const LIMIT = 1.15;

/** The page docs/sandbox-benchmark.md: ratios first, for they hold on other machines. */
export function sandboxPage({ sizes, empty, added, machine }: SandboxFigures): string {
  const over = sizes.flatMap((size) =>
    STEPS.filter((step) => size.seconds.ozilab[step] / size.seconds.flat[step] > LIMIT).map(
      (step) => `${step} at ${label(size)}`,
    ),
  );
  return `# What the stack costs on the engine

Written by \`node bench/sandbox.ts\`: the **ozilab** stack; a **flat** program with the same resources, written
by hand without components, its policy and rule expressions worked out beforehand; and an **empty** program. All
run on the real Pulumi engine against the simulated systems, in turns within each round; figures are medians.
The state is written once at the end of a run (no checkpoints): the engine's file backend otherwise writes all of
it after every step, which would hide the program behind the disk. Measured on ${machine}.

Target, within ${LIMIT} times the flat program at every size: ${over.length === 0 ? "met" : `missed by ${over.join("; ")}`}.

${table(
  ["hostnames / zones", "rounds", ...STEPS.map((step) => `${step}: ozilab ÷ flat`)],
  sizes.map((size) => [
    label(size),
    size.rounds,
    ...STEPS.map((step) => (size.seconds.ozilab[step] / size.seconds.flat[step]).toFixed(2)),
  ]),
)}

## Seconds

${table(
  ["hostnames / zones", ...STEPS.flatMap((step) => [`${step}: ozilab`, "flat"])],
  [
    ...sizes.map((size) => [
      label(size),
      ...STEPS.flatMap((step) =>
        (["ozilab", "flat"] as const).map((way) => size.seconds[way][step].toFixed(2)),
      ),
    ]),
    ["empty program", ...STEPS.flatMap((step) => [empty[step].toFixed(2), ""])],
  ],
)}

![Seconds of a first up by the number of hostnames](sandbox-benchmark.svg)

## Growth

Milliseconds of each further hostname, from one size to the next. Faster than linear would be a figure that keeps
growing down the page.

${table(["from", "to", ...STEPS.flatMap((step) => [`${step}: ozilab`, "flat"])], growthRows(sizes))}

## API calls of the ozilab stack

An up makes as many calls as the flat program's: ${sizes.every((size) => total(size.calls.up) === total(size.flatCalls)) ? "so it was at every size" : "not at every size"}.

${table(
  [
    "operation",
    ...sizes.flatMap((size) => [`${label(size)} up`, "no-op"]),
    ...added.map(({ hostnames, zones }) => `one more at ${hostnames} / ${zones}`),
  ],
  callRows([
    ...sizes.flatMap(({ calls }) => [calls.up, calls["no-op up"]]),
    ...added.map(({ calls }) => calls),
  ]),
)}
`;
}

function growthRows(sizes: readonly SizeFigures[]): (string | number)[][] {
  return sizes.flatMap((size) => {
    const before = sizes.findLast((one) => one.zones === size.zones && one.hostnames < size.hostnames);
    if (before === undefined) return [];
    const growth = (way: "ozilab" | "flat", step: Step) =>
      (1000 * (size.seconds[way][step] - before.seconds[way][step])) / (size.hostnames - before.hostnames);
    const figures = STEPS.flatMap((step) => [growth("ozilab", step), growth("flat", step)]);
    return [[label(before), label(size), ...figures.map((figure) => figure.toFixed(1))]];
  });
}

function callRows(columns: readonly Calls[]): (string | number)[][] {
  const operations = [...new Set(columns.flatMap((calls) => Object.keys(calls)))].sort();
  return operations.map((name) => [`\`${name}\``, ...columns.map((calls) => calls[name] ?? 0)]);
}

function total(calls: Calls): number {
  return Object.values(calls).reduce((sum, count) => sum + count, 0);
}

function label({ hostnames, zones }: Pick<SizeFigures, "hostnames" | "zones">): string {
  return `${hostnames} / ${zones}`;
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
