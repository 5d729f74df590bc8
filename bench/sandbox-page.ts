import {
  callTables,
  factorTable,
  label,
  LIMIT,
  growthTable,
  ratioTable,
  secondsTable,
  table,
} from "./sandbox-tables.ts";
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

export interface SandboxFigures {
  readonly sizes: readonly SizeFigures[];
  /** Rounds of the empty program, which has no size; at least one. */
  readonly empty: readonly Life[];
  readonly added: readonly AddedHostname[];
  /** What the counts of calls and changes should not be; none if all is well. */
  readonly faults: readonly string[];
  /** Cores, processor, versions, load: for the reader of absolute figures. */
  readonly machine: string;
  /** How long the whole run took. */
  readonly minutes: number;
}

/** The page docs/sandbox-benchmark.md: ratios first, for they hold on other machines. */
export function sandboxPage({ sizes, empty, added, faults, machine, minutes }: SandboxFigures): string {
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
long; what each run costs by itself keeps it below that.

${factorTable(sizes)}

The stricter look: milliseconds of each further hostname, from one size to the next. Linear is a figure that stays
level down the page. Up to 10 hostnames it is mostly noise, and with 20 zones a step also fills zones up to there.

${growthTable(sizes)}

## One more hostname

However many there are, it must cost one record made and an update of each of its zone's two rulesets, one for each
phase; and an up with nothing to do must write nothing. The run fails if it is otherwise: ${faults.length === 0 ? "it is not" : `**${faults.join("; ")}**`}.

${table(
  ["at", "what the engine did", "API calls beyond an up with nothing to do"],
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

- In each round every program starts with a folder, a simulated world and an empty stack of its own; then preview,
  up and up again are timed, each from the call of the Automation API to its result, simulated providers included.
- All of it runs in one process, after some lives of both programs that are not counted, so that code is loaded and
  compiled. A single \`pulumi up\` loads its modules first, of which the stack has more; that is not in the figures.
- The order changes from round to round (ozilab first, then flat first), and a ratio is one of two runs side by
  side: a machine that becomes slower favours neither.
- The flat program's policy and rule expressions are worked out before the clock starts, as they would stand in it
  as text. It reads no configuration and checks nothing. A test holds its resources against the stack's, input by
  input, with their options, their order, the lookups and the outputs.
- Checkpoints are off: the state is written once, at the end of a run. The engine's file backend otherwise writes
  all of it at every step, which grows with the square of the resources and would hide either program behind it.
- Sizes are hostnames / zones of the configuration, hostnames dealt to the zones in turn. Where there are more
  zones than hostnames, the others are in the configuration all the same; such a zone has no resource and no lookup.
- API calls are counted by the simulated systems, retries included.
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
