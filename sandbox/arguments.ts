import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "../plan/parse-options.ts";
import type { Operation } from "./session/run.ts";

const OPERATIONS: readonly Operation[] = ["preview", "up", "refresh", "destroy"];
const DEFAULT_STACK = "ozilab";
const DEFAULT_OPERATIONS = "preview up";

export interface Arguments {
  readonly stack: string;
  readonly operations: readonly Operation[];
  readonly help: boolean;
}

export const USAGE = `Usage: node sandbox/main.ts [options]
       make sandbox [STACK=<name>] [DO=<operations>]

Runs a stack on the real Pulumi engine against simulated systems. Contacts no account and no cluster.
State is kept in .sandbox/; remove the folder to start over.

Options:
  --stack=<name>     the stack, read from Pulumi.<name>.yaml (default: ${DEFAULT_STACK})
  --do=<operations>  one or more of ${OPERATIONS.join(", ")} (default: ${DEFAULT_OPERATIONS})
  -h, --help         print this text
`;

/**
 * Reads the command line.
 *
 * @throws UserError for an unknown option or operation
 */
export function readArguments(args: readonly string[]): Arguments {
  const {
    stack,
    do: operations,
    help,
  } = parseOptions(args, "--stack=<name>, --do=<operations> and --help", {
    stack: { type: "string", default: DEFAULT_STACK },
    do: { type: "string", default: DEFAULT_OPERATIONS },
    help: { type: "boolean", short: "h", default: false },
  });
  return { stack, help, operations: operations.trim().split(/\s+/).map(operationOf) };
}

function operationOf(word: string): Operation {
  const operation = OPERATIONS.find((one) => one === word);
  if (operation !== undefined) return operation;
  throw new UserError("the command", [
    {
      path: "DO",
      found: JSON.stringify(word),
      allowed: OPERATIONS.join(", "),
      fix: "choose one or more of these, separated by spaces",
    },
  ]);
}
