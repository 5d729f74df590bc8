import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "../plan/parse-options.ts";

/** The formats of a report. */
export const FORMATS = ["text", "json"] as const;
export type Format = (typeof FORMATS)[number];

export interface Arguments {
  readonly stack: string;
  readonly host: string | undefined;
  readonly outputsFile: string | undefined;
  readonly format: Format;
  readonly watch: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: node doctor/main.ts [options]
       make doctor [STACK=<name>] [HOST=<hostname>] [FORMAT=<format>] [WATCH=1]

Checks a deployed stack on the live systems, hop by hop, and names the cause of each failure and its
fix. Only reads.

Options:
  --stack=<name>     the stack (default: ozilab)
  --host=<hostname>  only this public hostname
  --outputs=<file>   the stack's outputs as JSON (default: pulumi stack output --json)
  --format=<format>  ${FORMATS.join(", ")} (default: text)
  --watch            repeat every 10 seconds, and print changes only
  -h, --help         print this text

Status: 0 healthy, 1 broken, 2 could not tell.
`;

/**
 * Reads the command line. An empty value counts as not given, because make passes unset variables so.
 *
 * @throws UserError for an option that does not exist, a format that does not, or --watch with another format than text
 */
export function readArguments(args: readonly string[]): Arguments {
  const allowed =
    "--stack=<name>, --host=<hostname>, --outputs=<file>, --format=<format>, --watch and --help";
  const {
    stack,
    host,
    outputs,
    format: requested,
    watch,
    help,
  } = parseOptions(args, allowed, {
    stack: { type: "string", default: "ozilab" },
    host: { type: "string", default: "" },
    outputs: { type: "string", default: "" },
    format: { type: "string", default: "text" },
    watch: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  });
  const format = FORMATS.find((one) => one === requested);
  if (format === undefined || (watch && format !== "text")) throw badFormat(requested, watch);
  return { stack, host: host || undefined, outputsFile: outputs || undefined, format, watch, help };
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
