// Deploys every stack, one after the other.
import { resolve } from "node:path";
import { execa } from "execa";
import { parseOptions } from "../plan/parse-options.ts";
import { stacksOf } from "./repository.ts";
import { runCommand } from "./run-command.ts";
import { deploymentOrder } from "./touched-stacks.ts";

const ROOT = resolve(import.meta.dirname, "..");

const USAGE = `Usage: node ci/up.ts [options]
       make ci-up

Runs pulumi up for every stack, one after the other: those that write the tailnet's policy come
before those that verify it. A stack that fails ends the run. A stack without changes stays as
it is.

Options:
  -h, --help  print this text
`;

await runCommand(async (args) => {
  const { help } = parseOptions(args, "--help", { help: { type: "boolean", short: "h", default: false } });
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const stacks = deploymentOrder(stacksOf(ROOT));
  const run = execa({
    cwd: ROOT,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    reject: false,
  });
  for (const [index, stack] of stacks.entries()) {
    const { failed } = await run("pulumi", ["up", "--yes", "--non-interactive", "--stack", stack]);
    if (!failed) continue;
    // A time-out of the engine does not say why. The log should.
    await run(process.execPath, ["explain/main.ts", `--stack=${stack}`]);
    const left = stacks.slice(index + 1);
    process.stderr.write(`stack ${stack} failed${left.length > 0 ? `; not run: ${left.join(", ")}` : ""}\n`);
    process.exitCode = 1;
    return;
  }
});
