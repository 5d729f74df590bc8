import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { RunError } from "@pulumi/pulumi";
import { UserError } from "../components/config-issue.ts";
import program from "../index.ts";
import { record } from "./recording/recorder.ts";
import type { Recording } from "./recording/recording.ts";
import { renderJson } from "./report/render-json.ts";
import { renderText } from "./report/render-text.ts";
import { renderYaml } from "./report/render-yaml.ts";
import { readStackFile } from "./stack-file.ts";

const FORMATS: ReadonlyMap<string, (stack: string, recording: Recording) => string> = new Map([
  ["text", renderText],
  ["json", renderJson],
  ["yaml", (_: string, recording: Recording) => renderYaml(recording)],
]);

/** Prints the whole plan of a stack, from its files alone. */
async function main(): Promise<void> {
  const { stack, format } = readArguments(process.argv.slice(2));
  const render = FORMATS.get(format);
  if (render === undefined) throw unknownFormat(format);
  const { project, config, secretKeys } = readStackFile(resolve(import.meta.dirname, ".."), stack);
  const recording = await record({ program, project, stack, config, secretKeys });
  process.stdout.write(`${render(stack, recording)}\n`);
}

function readArguments(args: readonly string[]): { stack: string; format: string } {
  try {
    return parseArgs({
      args,
      options: { stack: { type: "string", default: "ozilab" }, format: { type: "string", default: "text" } },
    }).values;
  } catch {
    throw new UserError("the command", [
      {
        path: "arguments",
        found: args.map((argument) => JSON.stringify(argument)).join(" "),
        allowed: "--stack=<name> and --format=<format>",
        fix: "take out what is neither; a value that starts with a dash needs the =",
      },
    ]);
  }
}

function unknownFormat(format: string): UserError {
  return new UserError("the command", [
    {
      path: "FORMAT",
      found: JSON.stringify(format),
      allowed: [...FORMATS.keys()].join(", "),
      fix: "choose one of these",
    },
  ]);
}

// A reader that has seen enough, like head, closes the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
try {
  await main();
} catch (error) {
  if (!RunError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
