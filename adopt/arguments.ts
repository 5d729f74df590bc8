import { UserError } from "../components/config-issue.ts";
import { parseOptions } from "../plan/parse-options.ts";

export interface Arguments {
  readonly stack: string;
  /** Path of the import file to write; empty for none. */
  readonly importFile: string;
  readonly writesPolicy: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: node adopt/main.ts [options]
       make adopt [STACK=<name>] [IMPORT=<file>] [POLICY=write]

Compares what a stack declares with what exists, and says what the stack takes over as it is, what it
takes over with changes, and what is in conflict. Reads the accounts and the cluster, and changes nothing
in them. Writes files only on request.

Options:
  --stack=<name>         the stack (default: ozilab)
  --import-file=<file>   write the file for pulumi import --file
  --policy=write         save the live policy as the stack's base policy
  -h, --help             print this text
`;

/**
 * Reads the command line.
 *
 * @throws UserError for an option that does not exist, or a value that does not
 */
export function readArguments(args: readonly string[]): Arguments {
  const allowed = "--stack=<name>, --import-file=<file>, --policy=write and --help";
  const values = parseOptions(args, allowed, {
    stack: { type: "string", default: "ozilab" },
    "import-file": { type: "string", default: "" },
    policy: { type: "string", default: "" },
    help: { type: "boolean", short: "h", default: false },
  });
  const { stack, policy, help } = values;
  if (policy !== "" && policy !== "write") {
    const issue = {
      path: "POLICY",
      found: JSON.stringify(policy),
      allowed: "write",
      fix: "remove it, or set it to write",
    };
    throw new UserError("the command", [issue]);
  }
  return { stack, importFile: values["import-file"], writesPolicy: policy === "write", help };
}
