import { RunError } from "@pulumi/pulumi";

/**
 * Reads the command line of a program that has nothing to clean up yet. Ends the program after `--help` and after a
 * mistake: a benchmark takes minutes and overwrites a page of the docs.
 */
export function commandLine<Arguments extends { readonly help: boolean }>(
  read: (args: readonly string[]) => Arguments,
  usage: string,
): Arguments {
  try {
    const found = read(process.argv.slice(2));
    if (!found.help) return found;
    process.stdout.write(usage);
    process.exit();
  } catch (error) {
    if (!RunError.isInstance(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
