import { resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import program from "../index.ts";
import { type Format, readArguments, USAGE } from "./arguments.ts";
import { record } from "./recording/recorder.ts";
import type { Recording } from "./recording/recording.ts";
import { renderJson } from "./report/render-json.ts";
import { renderText } from "./report/render-text.ts";
import { renderYaml } from "./report/render-yaml.ts";
import { readStackFile } from "./stack-file.ts";

const RENDERERS: Readonly<Record<Format, (stack: string, recording: Recording) => string>> = {
  text: renderText,
  json: renderJson,
  yaml: (_, recording) => renderYaml(recording),
};

/** Prints the offline plan of a stack. */
async function main(): Promise<void> {
  const { stack, format, help } = readArguments(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const { project, config, secretKeys } = readStackFile(resolve(import.meta.dirname, ".."), stack);
  const recording = await record({ program, project, stack, config, secretKeys });
  process.stdout.write(`${RENDERERS[format](stack, recording)}\n`);
}

// A reader that has seen enough, such as head, closes the pipe.
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
