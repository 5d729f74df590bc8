// Writes the files of a new stack, and plans it.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { UserError } from "../../components/config-issue.ts";
import program from "../../index.ts";
import { record } from "../recording/recorder.ts";
import { readStackFile } from "../stack-file.ts";
import { readAnswers, USAGE } from "./answers.ts";
import { type NewFile, stackFiles } from "./stack-files.ts";

const ROOT = resolve(import.meta.dirname, "..", "..");

async function main(): Promise<void> {
  const answers = await readAnswers(process.argv.slice(2), process.stdin.isTTY);
  if (answers === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  const { name: stack } = answers;
  const files = stackFiles(answers);
  const existing = files.filter(({ path }) => existsSync(join(ROOT, path)));
  if (existing.length > 0) throw alreadyThere(existing);
  try {
    for (const { path, text } of files) writeFileSync(join(ROOT, path), text, { flag: "wx" });
    await record({ ...readStackFile(ROOT, stack), program, stack });
  } catch (error) {
    // A stack that cannot be planned is not written at all.
    for (const { path } of files) rmSync(join(ROOT, path), { force: true });
    throw error;
  }
  process.stdout.write(
    [
      ...files.map(({ path }) => `wrote ${path}`),
      `next: make plan STACK=${stack}`,
      `then: pulumi stack init ${stack}, and docs/deploy.md`,
      "",
    ].join("\n"),
  );
}

function alreadyThere(files: readonly NewFile[]): UserError {
  return new UserError(
    "the command",
    files.map(({ path }) => ({
      path,
      found: "a file that exists",
      allowed: "a new stack",
      fix: "choose another NAME, or edit this file",
    })),
  );
}

try {
  await main();
} catch (error) {
  if (!RunError.isInstance(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
