/** A size of the stack. */
export interface Size {
  readonly hostnames: number;
  /** Zones of the stack's configuration. Where there are more of them than hostnames, some have none. */
  readonly zones: number;
}

/** What is measured: the stack, a flat program with the same resources, an empty program. */
export type ProgramName = "ozilab" | "flat" | "empty";

export const STEPS = ["preview", "up", "no-op up"] as const;
export type Step = (typeof STEPS)[number];

/** Calls of the simulated APIs, by operation. */
export type Calls = Readonly<Record<string, number>>;

/** One operation of the engine. */
export interface Run {
  readonly seconds: number;
  readonly calls: Calls;
  /** What the engine did, sorted: `create DnsRecord app.example.com`. Unchanged resources are left out. */
  readonly changes: readonly string[];
}

/** The life of one stack: its preview, its first up, and an up with nothing to do. */
export type Life = Readonly<Record<Step, Run>>;

/** Both programs at one size, run one right after the other. */
export type Round = Readonly<Record<"ozilab" | "flat", Life>>;

export interface SizeFigures extends Size {
  /** At least one. */
  readonly rounds: readonly Round[];
}

/** An up of the ozilab stack with one more hostname, and the no-op up right before it. */
export interface AddedHostname {
  readonly size: Size;
  readonly host: string;
  readonly zone: string;
  readonly noOp: Run;
  readonly up: Run;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values - at least one */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? NaN;
  const middle = (sorted.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1) };
}

/**
 * Time of the ozilab stack divided by that of the flat program. Each round has its own ratio, so a machine that
 * becomes slower or faster from round to round affects both of its parts equally.
 */
export function ratio({ rounds }: SizeFigures, step: Step): Spread {
  return spread(rounds.map(({ ozilab, flat }) => ozilab[step].seconds / flat[step].seconds));
}

/** Median over the rounds. */
export function seconds({ rounds }: SizeFigures, name: keyof Round, step: Step): number {
  return spread(rounds.map((round) => round[name][step].seconds)).median;
}

/** One size and the next larger one with the same number of zones. */
export interface Growth {
  readonly from: SizeFigures;
  readonly to: SizeFigures;
}

/** Each size paired with the next larger one that has the same number of zones. */
export function growths(sizes: readonly SizeFigures[]): readonly Growth[] {
  return sizes.flatMap((to) => {
    const from = sizes.findLast(({ zones, hostnames }) => zones === to.zones && hostnames < to.hostnames);
    return from === undefined ? [] : [{ from, to }];
  });
}

/** Seconds for each additional hostname. */
export function marginal({ from, to }: Growth, name: keyof Round, step: Step): number {
  return (seconds(to, name, step) - seconds(from, name, step)) / (to.hostnames - from.hostnames);
}

/** Time of the larger size divided by that of the smaller. */
export function factor({ from, to }: Growth, name: keyof Round, step: Step): number {
  return seconds(to, name, step) / seconds(from, name, step);
}

/** The largest growth for each number of zones: the fixed cost of a run distorts it least. */
export function lastGrowths(sizes: readonly SizeFigures[]): readonly Growth[] {
  return [...new Map(growths(sizes).map((growth) => [growth.to.zones, growth])).values()];
}

/** Whether n times the hostnames take at most n times as long. */
export function isLinear(growth: Growth, name: keyof Round, step: Step): boolean {
  return factor(growth, name, step) <= growth.to.hostnames / growth.from.hostnames;
}

/** How many more calls one run made than another, by operation. Negative for fewer; equal counts are left out. */
export function callsBeyond(calls: Calls, base: Calls): Calls {
  const operations = [...new Set([...Object.keys(calls), ...Object.keys(base)])].sort();
  const deltas = operations.map((name) => [name, (calls[name] ?? 0) - (base[name] ?? 0)] as const);
  return Object.fromEntries(deltas.filter(([, delta]) => delta !== 0));
}
