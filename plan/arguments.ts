import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "./parse-options.ts";

/** The formats that a plan can be printed in. */
export const FORMATS = ["text", "json", "yaml"] as const;
export type Format = (typeof FORMATS)[number];

export interface Arguments {
  readonly stack: string;
  readonly format: Format;
  readonly help: boolean;
}

const DEFAULT_STACK = "ozilab";
const DEFAULT_FORMAT = "text";

export const USAGE = `Usage: node plan/main.ts [options]
       make plan [STACK=<name>] [FORMAT=<format>]

Prints what a stack declares, from its files alone. Contacts no account and no cluster.

Options:
  --stack=<name>     the stack, read from Pulumi.<name>.yaml (default: ${DEFAULT_STACK})
  --format=<format>  ${FORMATS.join(", ")} (default: ${DEFAULT_FORMAT})
                     json: one document for tools; yaml: the Kubernetes objects
  -h, --help         print this text
`;

/**
 * Reads the command line.
 *
 * @throws UserError for an option that does not exist, or a format that does not
 */
export function readArguments(args: readonly string[]): Arguments {
  const {
    stack,
    format: requested,
    help,
  } = parseOptions(args, "--stack=<name>, --format=<format> and --help", {
    stack: { type: "string", default: DEFAULT_STACK },
    format: { type: "string", default: DEFAULT_FORMAT },
    help: { type: "boolean", short: "h", default: false },
  });
  const format = FORMATS.find((one) => one === requested);
  if (format === undefined) throw unknownFormat(requested);
  return { stack, format, help };
}

function unknownFormat(format: string): UserError {
  return new UserError("the command", [
    {
      path: "FORMAT",
      found: JSON.stringify(format),
      allowed: FORMATS.join(", "),
      fix: "choose one of these",
    },
  ]);
}
