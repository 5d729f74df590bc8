import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { onTestFinished } from "vitest";

/** A command `pulumi` that fails. */
export interface FailingPulumi {
  /** A PATH on which it comes first. */
  readonly path: string;
  /** The arguments of each call. */
  readonly calls: () => readonly string[];
}

/** Writes a command `pulumi` that prints a text on standard error and fails, for the time of a test. */
export function failingPulumi(text: string): FailingPulumi {
  const folder = mkdtempSync(join(tmpdir(), "pulumi-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const [command, log] = [join(folder, "pulumi"), join(folder, "calls")];
  writeFileSync(command, `#!/bin/sh\necho "$*" >> '${log}'\necho '${text}' >&2\nexit 255\n`);
  chmodSync(command, 0o755);
  return {
    path: [folder, process.env["PATH"]].join(delimiter),
    calls: () => (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []),
  };
}
