/** A size of the stack. */
export interface Size {
  readonly hostnames: number;
  /** Zones of the stack's configuration. Where there are more of them than hostnames, some have none. */
  readonly zones: number;
}

/** What is measured: the stack, a flat program with the same resources, an empty program. */
export type Way = "ozilab" | "flat" | "empty";

export const STEPS = ["preview", "up", "no-op up"] as const;
export type Step = (typeof STEPS)[number];

/** Calls of the simulated APIs, by operation. */
export type Calls = Readonly<Record<string, number>>;

/** One operation of the engine. */
export interface Run {
  readonly seconds: number;
  readonly calls: Calls;
  /** What the engine did, sorted: `create DnsRecord app.example.com`. Without what stays as it is. */
  readonly changes: readonly string[];
}

/** The life of one stack: its preview, its first up, and an up with nothing to do. */
export type Life = Readonly<Record<Step, Run>>;

/** Both programs of one size, one right after the other. */
export type Round = Readonly<Record<"ozilab" | "flat", Life>>;

export interface SizeFigures extends Size {
  /** At least one. */
  readonly rounds: readonly Round[];
}

/** An up of the ozilab stack after one more hostname, and the no-op up right before it. */
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
 * Time of the ozilab stack by that of the flat program. Each round has a ratio of its own, so that a machine
 * that becomes slower or faster from round to round changes both parts of it alike.
 */
export function ratio({ rounds }: SizeFigures, step: Step): Spread {
  return spread(rounds.map(({ ozilab, flat }) => ozilab[step].seconds / flat[step].seconds));
}

/** Median over the rounds. */
export function seconds({ rounds }: SizeFigures, way: keyof Round, step: Step): number {
  return spread(rounds.map((round) => round[way][step].seconds)).median;
}

/** From one size to the next of as many zones. */
export interface Growth {
  readonly from: SizeFigures;
  readonly to: SizeFigures;
}

/** Every size after one with as many zones and fewer hostnames. */
export function growths(sizes: readonly SizeFigures[]): readonly Growth[] {
  return sizes.flatMap((to) => {
    const from = sizes.findLast(({ zones, hostnames }) => zones === to.zones && hostnames < to.hostnames);
    return from === undefined ? [] : [{ from, to }];
  });
}

/** Seconds of each further hostname. */
export function marginal({ from, to }: Growth, way: keyof Round, step: Step): number {
  return (seconds(to, way, step) - seconds(from, way, step)) / (to.hostnames - from.hostnames);
}

/** How many times as long the larger size takes. */
export function factor({ from, to }: Growth, way: keyof Round, step: Step): number {
  return seconds(to, way, step) / seconds(from, way, step);
}

/** The last growth of each number of zones, which the cost of an empty run blurs least. */
export function lastGrowths(sizes: readonly SizeFigures[]): readonly Growth[] {
  return [...new Map(growths(sizes).map((growth) => [growth.to.zones, growth])).values()];
}

/** Whether n times the hostnames take at most n times as long. */
export function isLinear(growth: Growth, way: keyof Round, step: Step): boolean {
  return factor(growth, way, step) <= growth.to.hostnames / growth.from.hostnames;
}

/** Calls that one has more than another; fewer are negative, and equal ones left out. */
export function callsBeyond(calls: Calls, base: Calls): Calls {
  const operations = [...new Set([...Object.keys(calls), ...Object.keys(base)])].sort();
  const deltas = operations.map((name) => [name, (calls[name] ?? 0) - (base[name] ?? 0)] as const);
  return Object.fromEntries(deltas.filter(([, delta]) => delta !== 0));
}
