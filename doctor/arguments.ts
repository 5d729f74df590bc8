import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "../plan/parse-options.ts";
import { METRICS_ENDING } from "./metrics/write-metrics.ts";

/** The formats of a report. */
export const FORMATS = ["text", "json", "html", "prometheus"] as const;
export type Format = (typeof FORMATS)[number];

/** Where the doctor can run. */
const PLACES = ["client", "elsewhere"] as const;

export interface Arguments {
  readonly stack: string;
  readonly host: string | undefined;
  readonly outputsFile: string | undefined;
  /** Where the doctor runs: on a client of the private services, or elsewhere. */
  readonly from: (typeof PLACES)[number];
  readonly format: Format;
  /** A file for Prometheus' metrics, besides the report. */
  readonly metricsFile: string | undefined;
  readonly watch: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: node doctor/main.ts [options]
       make doctor [STACK=<name>] [HOST=<hostname>] [FORMAT=<format>] [METRICS=<file>]
                   [FROM=elsewhere] [WATCH=1]

Checks a deployed stack on the live systems, hop by hop, and names the cause of each failure and its
fix. Only reads.

Options:
  --stack=<name>     the stack (default: ozilab)
  --host=<hostname>  only this public hostname
  --outputs=<file>   the stack's outputs as JSON (default: pulumi stack output --json)
  --from=<place>     client: this machine may use the private services (default); elsewhere: it may
                     not, so what only their clients can tell is skipped
  --format=<format>  ${FORMATS.join(", ")} (default: text)
  --metrics=<file>   also replace this file, <name>.prom, with metrics of the run
  --watch            repeat every 10 seconds, and print changes only
  -h, --help         print this text

Status: 0 healthy, 1 broken, 2 could not tell.
`;

/**
 * Reads the command line. An empty value counts as not given, because make passes unset variables so.
 *
 * @throws UserError for an option that does not exist, a format or place that does not, --watch with another format than text, or
 * metrics of no single run or with a name that the textfile collector ignores
 */
export function readArguments(args: readonly string[]): Arguments {
  const allowed =
    "--stack=<name>, --host=<hostname>, --outputs=<file>, --from=<place>, --format=<format>, --metrics=<file>, --watch and --help";
  const {
    stack,
    host,
    outputs,
    from: place,
    format: requested,
    metrics,
    watch,
    help,
  } = parseOptions(args, allowed, {
    stack: { type: "string", default: "ozilab" },
    host: { type: "string", default: "" },
    outputs: { type: "string", default: "" },
    from: { type: "string", default: "" },
    format: { type: "string", default: "text" },
    metrics: { type: "string", default: "" },
    watch: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  });
  const format = FORMATS.find((one) => one === requested);
  if (format === undefined || (watch && format !== "text")) throw badFormat(requested, watch);
  const from = PLACES.find((one) => one === (place || "client"));
  if (from === undefined) throw badPlace(place);
  if (metrics !== "" && (watch || !metrics.endsWith(METRICS_ENDING))) throw badMetrics(metrics, watch);
  return {
    ...{ stack, from, format, watch, help },
    host: host || undefined,
    outputsFile: outputs || undefined,
    metricsFile: metrics || undefined,
  };
}

function badPlace(place: string): UserError {
  const [found, allowed] = [JSON.stringify(place), PLACES.join(", ")];
  return new UserError("the command", [{ path: "FROM", found, allowed, fix: "choose one of these" }]);
}

function badFormat(format: string, watch: boolean): UserError {
  const issue = {
    path: "FORMAT",
    found: JSON.stringify(format),
    allowed: watch ? "text with WATCH" : FORMATS.join(", "),
    fix: "choose one of these",
  };
  return new UserError("the command", [issue]);
}

function badMetrics(metrics: string, watch: boolean): UserError {
  const issue = {
    path: "METRICS",
    found: JSON.stringify(metrics),
    allowed: watch ? "no METRICS with WATCH" : `a path that ends with ${METRICS_ENDING}`,
    fix: watch ? "run it again and again from a timer, without WATCH" : "rename the file",
  };
  return new UserError("the command", [issue]);
}
