import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { UserError } from "../components/config-issue.ts";

/**
 * Reads the options of a command.
 *
 * @param allowed - the options, as the issue lists them
 * @throws UserError for an unknown option, or one without its value
 */
export function parseOptions<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  allowed: string,
  options: Options,
) {
  try {
    return parseArgs({ args, options }).values;
  } catch {
    throw new UserError("the command", [
      {
        path: "arguments",
        found: args.map((argument) => JSON.stringify(argument)).join(" "),
        allowed,
        fix: "remove everything else; a value that starts with a dash needs the =",
      },
    ]);
  }
}
