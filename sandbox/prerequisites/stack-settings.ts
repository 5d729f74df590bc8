import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { noSuchStack } from "../../plan/stack-file.ts";
import type { ProviderSettings } from "../providers/provider-settings.ts";
import { isRecord, type Props, valueAt } from "../providers/values.ts";
import { API_TOKEN } from "../world/api-token.ts";

const API_CREDENTIALS = ["cloudflare:apiToken", "tailscale:apiKey"];

/** A placeholder for a value that the stack's file holds encrypted. */
export interface SecretSetting {
  /** In the syntax of `pulumi config set --path`. */
  readonly path: string;
  readonly value: string;
}

/** The project's and the stack's files, prepared for a stack of the sandbox. */
export interface StackSettings {
  readonly project: string;
  /** The stack's configuration without its encrypted values. */
  readonly config: Props;
  readonly secrets: readonly SecretSetting[];
  readonly providers: ProviderSettings;
  /** DNS name of the tailnet; `tail1234.ts.net` for the stack of another program, which names none. */
  readonly tailnet: string;
}

/**
 * Reads Pulumi.yaml and `Pulumi.<stack>.yaml`.
 *
 * The sandbox cannot decrypt the real stack's secrets: it leaves out the encryption keys and replaces each encrypted
 * value with a placeholder, encrypted with a key of its own.
 *
 * @throws UserError if the stack has no file
 */
export function readSettings(projectFolder: string, stack: string): StackSettings {
  const file = join(projectFolder, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) throw noSuchStack(projectFolder, stack);
  const project = readYaml(join(projectFolder, "Pulumi.yaml"));
  const written = recordAt(readYaml(file), "config");
  const config = withoutEncrypted(written) as Props;
  const isSet = (key: string) => [true, "true"].includes(settingOf(key, config, project) as boolean | string);
  const tailnet = valueAt(config, ["tailnet-edge:tailnet", "name"]);
  return {
    project: String(project["name"]),
    config,
    tailnet: typeof tailnet === "string" ? tailnet : "tail1234.ts.net",
    secrets: encryptedPaths(written).map((path) => ({
      path,
      // The project's own commands and providers decrypt these, and send them to the simulated APIs.
      value: API_CREDENTIALS.includes(path) ? API_TOKEN : `sandbox-${path.replaceAll(/\W+/g, "-")}`,
    })),
    providers: {
      projectFolder,
      enableSecretMutable: isSet("kubernetes:enableSecretMutable"),
      enableConfigMapMutable: isSet("kubernetes:enableConfigMapMutable"),
    },
  };
}

/** Reads a YAML mapping; a missing or empty file is an empty mapping. */
export function readYaml(file: string): Props {
  const value: unknown = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  return isRecord(value) ? value : {};
}

/** A provider's setting: from the stack's file, else from Pulumi.yaml. */
function settingOf(key: string, stack: Props, project: Props): unknown {
  const declared = recordAt(project, "config")[key];
  const projectValue = isRecord(declared) ? (declared["value"] ?? declared["default"]) : declared;
  return stack[key] ?? projectValue;
}

function withoutEncrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((part) => !isEncrypted(part)).map(withoutEncrypted);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(([, part]) => !isEncrypted(part));
  return Object.fromEntries(kept.map(([key, part]) => [key, withoutEncrypted(part)]));
}

function encryptedPaths(value: unknown, path = ""): string[] {
  if (isEncrypted(value)) return [path];
  if (Array.isArray(value)) return value.flatMap((part, index) => encryptedPaths(part, `${path}[${index}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    encryptedPaths(part, path === "" ? key : `${path}.${key}`),
  );
}

function isEncrypted(value: unknown): boolean {
  return isRecord(value) && "secure" in value && Object.keys(value).length === 1;
}

function recordAt(value: Props, key: string): Props {
  return isRecord(value[key]) ? value[key] : {};
}
