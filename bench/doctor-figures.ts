import type { Variables } from "../sandbox/http/variables.ts";
import type { LabPlaces } from "../tools/edge-lab/network.ts";

/** Round-trip times in milliseconds. */
export interface RoundTrips {
  /** To DNS servers, to Cloudflare's edge, and to the Funnel relay. */
  readonly network: number;
  /** To the APIs of Kubernetes, Cloudflare and Tailscale. */
  readonly api: number;
}

/** What the process of the systems starts. */
export interface SystemsRequest {
  readonly hostnames: number;
  /** One set of proxies each, sent in this order. */
  readonly roundTrips: readonly RoundTrips[];
}

/** Where a doctor finds the systems of one stack. It is JSON. */
export interface DoctorSystems {
  readonly projectFolder: string;
  readonly outputsFile: string;
  readonly variables: Variables;
  readonly places: LabPlaces;
}

/** One run of all checks. */
export interface DoctorRun {
  readonly milliseconds: number;
  /** Of the doctor's process. */
  readonly cpuMilliseconds: number;
  readonly checks: number;
  /** Each check that is not ok, and its evidence. */
  readonly notOk: readonly string[];
}

/** Runs with the same round-trip times, for each number of hostnames. */
export interface DoctorFigures {
  readonly roundTrips: RoundTrips;
  readonly one: readonly DoctorRun[];
  readonly many: readonly DoctorRun[];
}

/** How many times as long the many hostnames take as one, of medians. */
export function ratioOf({ one, many }: Pick<DoctorFigures, "one" | "many">): number {
  return median(many, "milliseconds") / median(one, "milliseconds");
}

/** The median of a figure. */
export function median(runs: readonly DoctorRun[], figure: "milliseconds" | "cpuMilliseconds"): number {
  const sorted = runs.map((run) => run[figure]).sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
