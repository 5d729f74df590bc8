import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { RunError } from "@pulumi/pulumi";
import { UserError } from "../components/faults.ts";
import program from "../index.ts";
import { type Recording, record } from "./recorder.ts";
import { renderJson } from "./render-json.ts";
import { renderText } from "./render-text.ts";
import { renderYaml } from "./render-yaml.ts";
import { readStackFile } from "./stack-file.ts";

const FORMATS: Readonly<Record<string, (stack: string, recording: Recording) => string>> = {
  text: renderText,
  json: renderJson,
  yaml: (_, recording) => renderYaml(recording),
};

/** Prints the whole plan of a stack, from its files alone. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { stack: { type: "string", default: "ozilab" }, format: { type: "string", default: "text" } },
  });
  const render = FORMATS[values.format];
  if (render === undefined) throw unknownFormat(values.format);
  const { project, config, secretKeys } = readStackFile(resolve(import.meta.dirname, ".."), values.stack);
  const recording = await record({ program, project, stack: values.stack, config, secretKeys });
  process.stdout.write(`${render(values.stack, recording)}\n`);
}

function unknownFormat(format: string): UserError {
  return new UserError("the command", [
    {
      path: "FORMAT",
      found: JSON.stringify(format),
      allowed: Object.keys(FORMATS).join(", "),
      mend: "choose one of these",
    },
  ]);
}

try {
  await main();
} catch (error) {
  if (!RunError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
