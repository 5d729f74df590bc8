import {
  type AddedHostname,
  callsBeyond,
  isLinear,
  lastGrowths,
  type Life,
  ratio,
  type SizeFigures,
  STEPS,
} from "./sandbox-figures.ts";
import {
  callTables,
  factorTable,
  growthTable,
  label,
  LIMIT,
  ratioTable,
  secondsTable,
  table,
} from "./sandbox-tables.ts";

export interface SandboxFigures {
  readonly sizes: readonly SizeFigures[];
  /** Rounds of the empty program, which has no size; at least one. */
  readonly empty: readonly Life[];
  readonly added: readonly AddedHostname[];
  /** Unexpected calls and changes; empty if the run passes. */
  readonly deviations: readonly string[];
  /** Cores, processor, versions, load: for the reader of absolute figures. */
  readonly machine: string;
  /** How long the whole run took. */
  readonly minutes: number;
}

/** The page docs/sandbox-benchmark.md: ratios first, for they hold on other machines. */
export function sandboxPage({ sizes, empty, added, deviations, machine, minutes }: SandboxFigures): string {
  return `# What the stack costs on the engine

The **ozilab** stack against a **flat** program, written by hand without components, that has the same resources
with the same inputs, and the same outputs, and against an **empty** program: on the real Pulumi engine and the simulated systems, in one
run. Written by \`node bench/sandbox.ts\`, a part of \`make bench\`; the run took ${minutes.toFixed(0)} minutes on ${machine}.

## Against the flat program

Target, within ${LIMIT} times the flat program at every size: ${targetVerdict(sizes)}.

Time of ozilab by that of flat: the median of the rounds' own ratios, with the lowest and the highest.

${ratioTable(sizes)}

Medians in seconds:

${secondsTable(sizes, empty)}

![Seconds of a first up by the number of hostnames, logarithmic](sandbox-benchmark.svg)

## Growth

Target, no faster than linear: ${growthVerdict(sizes)}. Ten times the hostnames may take up to ten times as
long; the fixed cost of a run keeps it below that.

${factorTable(sizes)}

Milliseconds for each additional hostname, from one size to the next. Growth is linear if a column stays level. Up
to 10 hostnames the figures are mostly noise, and with 20 zones a step up to 20 hostnames also creates zones' rules.

${growthTable(sizes)}

## One more hostname

However many hostnames there are, one more must cost one new record, and in each of its zone's three phases an update of one rule
and one reading after it. A no-op up must write nothing. Otherwise the run fails. Deviations: ${deviations.length === 0 ? "none" : `**${deviations.join("; ")}**`}.

${table(
  ["at", "what the engine did", "API calls beyond a no-op up"],
  added.map(({ size, noOp, up }) => [
    label(size),
    up.changes.map(code).join(", "),
    Object.entries(callsBeyond(up.calls, noOp.calls))
      .map(([name, count]) => `${code(name)}: ${count}`)
      .join(", "),
  ]),
)}

## API calls of the ozilab stack

${beyondFlat(sizes)}

${callTables(sizes)}

## How it is measured

- In each round every program starts with its own folder, simulated world and empty stack. Preview, up and a second
  up are timed, each from the call of the Automation API to its result, simulated providers included.
- Everything runs in one process, after several uncounted lives of both programs, so that code is loaded and
  compiled. A single \`pulumi up\` also loads its modules, and the stack has more of them; the figures leave that out.
- The order changes from round to round (ozilab first, then flat first), and a ratio compares two runs side by
  side: a machine that becomes slower favours neither.
- The flat program's policy and rule expressions are computed before the clock starts, because it would contain them
  as text. It reads no configuration and checks nothing. A test compares its resources with the stack's, input by
  input, with their options, their order, the lookups and the outputs.
- Checkpoints are off: the state is written once, at the end of a run. Otherwise the engine's file backend writes
  the whole state at every step, which grows with the square of the resources and hides the programs' own time.
- Sizes are hostnames / zones of the configuration, with hostnames distributed over the zones in turn. If there are
  more zones than hostnames, the remaining zones are still configured; such a zone has no resource and no lookup.
- The simulated systems count API calls, retries included.
`;
}

function targetVerdict(sizes: readonly SizeFigures[]): string {
  const over = sizes.flatMap((size) =>
    STEPS.filter((step) => ratio(size, step).median > LIMIT).map((step) => `${step} at ${label(size)}`),
  );
  return over.length === 0 ? "met" : `missed by ${over.join("; ")}`;
}

function growthVerdict(sizes: readonly SizeFigures[]): string {
  const faster = lastGrowths(sizes).flatMap((growth) =>
    STEPS.filter((step) => !isLinear(growth, "ozilab", step)).map((step) => {
      const flat = isLinear(growth, "flat", step) ? "the flat program not" : "the flat program too";
      return `${step} from ${label(growth.from)} to ${label(growth.to)} (${flat})`;
    }),
  );
  return faster.length === 0 ? "met" : `missed by ${faster.join("; ")}`;
}

function beyondFlat(sizes: readonly SizeFigures[]): string {
  const more = Map.groupBy(
    sizes.flatMap((size) =>
      STEPS.flatMap((step) => {
        const [round] = size.rounds;
        const calls = callsBeyond(round?.ozilab[step].calls ?? {}, round?.flat[step].calls ?? {});
        return Object.entries(calls).map(([name, count]) => ({
          call: `${code(name)} ${count}`,
          where: `${step}, ${label(size)}`,
        }));
      }),
    ),
    ({ call }) => call,
  );
  if (more.size === 0) return "The flat program makes the same calls, each as often, at every size.";
  const all = sizes.length * STEPS.length;
  const lines = [...more].map(
    ([call, found]) =>
      `${call} (${found.length === all ? "each step, at every size" : found.map(({ where }) => where).join("; ")})`,
  );
  return `Beyond the flat program's: ${lines.join("; ")}. All others are the same, each as often.`;
}

function code(text: string): string {
  return `\`${text}\``;
}
