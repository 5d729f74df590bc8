import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { type ConfigIssue, UserError } from "../../components/config-issue.ts";
import { readStackConfig, type StackConfig } from "../../stacks/config/parse.ts";

export const PROJECT_FOLDER = resolve(import.meta.dirname, "..", "..");

/** The `config` of a stack's file: `{ secure: … }` is an encrypted value. */
export type FileConfig = Record<string, unknown>;

const OZILAB = stackConfig("ozilab");

/** The configuration in the file of a stack of this repository. */
export function stackConfig(stack: string): FileConfig {
  const text = readFileSync(resolve(PROJECT_FOLDER, `Pulumi.${stack}.yaml`), "utf8");
  return (parse(text) as { config: FileConfig }).config;
}

/**
 * The stack ozilab's configuration with other values at some paths.
 *
 * @param changes - values by path: `operator.chartVersion`, `publicEdge.hostnames.0`. A key with a colon is a whole
 *   key. Undefined removes the key.
 */
export function ozilab(changes: Readonly<Record<string, unknown>> = {}): FileConfig {
  const config = structuredClone(OZILAB);
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.includes(":") ? [path] : `tailnet-edge:${path}`.split(".");
    const last = keys.pop() ?? "";
    const holder = keys.reduce((part, key) => part[key] as FileConfig, config);
    if (value === undefined) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
      delete holder[last];
    } else holder[last] = value;
  }
  return config;
}

/** Reads a configuration as under Pulumi, which decrypts the encrypted values. */
export async function readConfig(file: FileConfig): Promise<StackConfig> {
  await runtime.setMocks(
    { newResource: ({ inputs }) => ({ id: undefined, state: inputs as object }), call: () => ({}) },
    "tailnet-edge",
    "ozilab",
    true,
  );
  const texts = Object.entries(file).map(([key, value]) => [key, asText(decrypted(value))]);
  const secretKeys = Object.keys(file).filter((key) => JSON.stringify(file[key]).includes('{"secure":'));
  runtime.setAllConfig(Object.fromEntries(texts) as Record<string, string>, secretKeys);
  return readStackConfig();
}

/** Every issue of a configuration. Fails if there is none. */
export async function issuesOf(file: FileConfig): Promise<readonly ConfigIssue[]> {
  return (await refusal(file)).issues;
}

/** The error that rejects a configuration. */
export async function refusal(file: FileConfig): Promise<UserError> {
  try {
    await readConfig(file);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function decrypted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return value.secure;
  if (Array.isArray(value)) return value.map(decrypted);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decrypted(part)]));
}
