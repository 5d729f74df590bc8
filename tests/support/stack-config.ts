import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { runtime } from "@pulumi/pulumi";
import { parse } from "yaml";
import { type StackConfig, readStackConfig } from "../../stacks/config/parse.ts";

export const PROJECT_FOLDER = resolve(import.meta.dirname, "..", "..");

/** The `config` of a stack's file, as it stands there: `{ secure: … }` is an encrypted value. */
export type FileConfig = Record<string, unknown>;

const OZILAB = (
  parse(readFileSync(resolve(PROJECT_FOLDER, "Pulumi.ozilab.yaml"), "utf8")) as { config: FileConfig }
).config;

/**
 * The configuration of the stack ozilab with other values at some paths.
 *
 * @param changes - values by path: `operator.chartVersion`, `publicEdge.hostnames.0`; a key with a colon in it
 *   stands at the top as it is. Undefined takes the key out.
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

/** Reads a configuration as a program does that Pulumi has started with it, encrypted values decrypted. */
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

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function decrypted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("secure" in value) return value.secure;
  if (Array.isArray(value)) return value.map(decrypted);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, decrypted(part)]));
}
