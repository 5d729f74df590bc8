import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { z } from "zod";
import { type ConfigIssue, UserError } from "../../components/config-issue.ts";
import { record } from "../../plan/recording/recorder.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { readStackConfig, type StackConfig } from "../../stacks/config/parse.ts";
import { type StackOutputs, stackOutputs } from "./outputs.ts";
import type { Target } from "./target.ts";

/** Which stack to check, and how much of it. */
export interface TargetRequest {
  readonly stack: string;
  /** Check this public hostname only. */
  readonly host?: string | undefined;
  /** A file with the stack's outputs; default: the answer of `pulumi stack output`. */
  readonly outputsFile?: string | undefined;
}

/** Reading the outputs may decrypt the state with a key management service abroad. */
const TIME_LIMIT_MS = 60_000;

/**
 * Reads what to check: the stack's file, and the outputs of its last update.
 *
 * @param folder - the project's folder
 * @throws UserError if the stack has no valid file or no state, or HOST is none of its hostnames
 */
export async function readTarget(
  folder: string,
  { stack, host, outputsFile }: TargetRequest,
): Promise<Target> {
  const config = await readConfig(folder, stack);
  const outputs = parseOutputs(
    stack,
    outputsFile === undefined ? await askPulumi(folder, stack) : readOutputsFile(outputsFile),
  );
  const hosts = Object.entries(outputs.hostnames).map(([name, output]) => ({ ...output, host: name }));
  if (host === undefined) return { stack, config, outputs, hosts };
  const wanted = hosts.filter((one) => one.host === host);
  if (wanted.length === 0) {
    throw commandError({
      path: "HOST",
      found: JSON.stringify(host),
      allowed: `a public hostname of the stack: ${hosts.map((one) => one.host).join(", ") || "it has none"}`,
      fix: "choose one of these, or run pulumi up if it is new",
    });
  }
  return { stack, config, outputs, hosts: wanted };
}

/** Runs the program's own reader of the configuration. It needs the Pulumi runtime, and contacts nobody. */
async function readConfig(folder: string, stack: string): Promise<StackConfig> {
  const { project, config, secretKeys } = readStackFile(folder, stack);
  const read: StackConfig[] = [];
  await record({ program: () => void read.push(readStackConfig()), project, stack, config, secretKeys });
  const [found] = read;
  if (found === undefined) throw new Error("the configuration was not read");
  return found;
}

async function askPulumi(folder: string, stack: string): Promise<string> {
  const args = ["stack", "output", "--json", "--non-interactive", "--stack", stack];
  try {
    return (await promisify(execFile)("pulumi", args, { cwd: folder, timeout: TIME_LIMIT_MS })).stdout;
  } catch (error) {
    const { code, stderr = "" } = error as { readonly code?: unknown; readonly stderr?: string };
    const isMissing = code === "ENOENT";
    throw commandError({
      path: `outputs of stack ${stack}`,
      found: isMissing ? "no pulumi on the PATH" : firstLine(stderr) || "no answer of pulumi stack output",
      allowed: "the state of the stack's last update",
      fix: isMissing
        ? "install Pulumi's command line, or set OUTPUTS to a file with the output of pulumi stack output --json"
        : `check the backend and PULUMI_CONFIG_PASSPHRASE with pulumi stack output --stack ${stack}; run pulumi up first`,
    });
  }
}

function readOutputsFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw commandError({
      path: "OUTPUTS",
      found: `${JSON.stringify(path)}, which cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      allowed: "a file with the output of pulumi stack output --json",
      fix: "check the path",
    });
  }
}

/** A stack without state has no outputs, and one that was never updated completely lacks some. */
function parseOutputs(stack: string, text: string): StackOutputs {
  const { data, error } = stackOutputs.safeParse(parseJson(text));
  if (data !== undefined) return data;
  const [first] = error.issues;
  throw commandError({
    path: `outputs of stack ${stack}`,
    found: `${first?.message ?? ""} at ${z.core.toDotPath(first?.path ?? []) || "the top"}`,
    allowed: "the outputs of this program after a complete update",
    fix: "run pulumi up",
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function firstLine(text: string): string {
  return (
    text
      .trim()
      .split("\n")[0]
      ?.replace(/^error: /, "") ?? ""
  );
}

function commandError(issue: ConfigIssue): UserError {
  return new UserError("the command", [issue]);
}
