import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { ProviderSettings } from "../providers/provider-settings.ts";
import { at, isRecord, type Props } from "../providers/values.ts";

/** A value that the stack's file holds encrypted, for which the sandbox puts one of its own. */
export interface SecretSetting {
  /** As `pulumi config set --path` takes it. */
  readonly path: string;
  readonly value: string;
}

/** What the project's files say, made ready for a stack of the sandbox. */
export interface StackSettings {
  readonly project: string;
  /** The stack's own, without what is encrypted. */
  readonly config: Props;
  readonly secrets: readonly SecretSetting[];
  readonly providers: ProviderSettings;
  /** DNS name of the tailnet; a stack of another program, which names none, has one all the same. */
  readonly tailnet: string;
}

/**
 * Reads what the project's file and the stack's say.
 *
 * The keys of the real stack are left out, and with them what is encrypted by them: the sandbox has a key of
 * its own, and each secret gets a stand-in.
 *
 * @param projectFolder - holds Pulumi.yaml and `Pulumi.<stack>.yaml`
 * @throws Error if there is no such stack
 */
export function readSettings(projectFolder: string, stack: string): StackSettings {
  const stackFile = `Pulumi.${stack}.yaml`;
  if (!existsSync(join(projectFolder, stackFile))) {
    throw new Error(`no stack ${JSON.stringify(stack)}: ${projectFolder} has no file ${stackFile}`);
  }
  const project = readYaml(join(projectFolder, "Pulumi.yaml"));
  const name = String(project["name"]);
  const written = recordAt(readYaml(join(projectFolder, stackFile)), "config");
  const config = withoutEncrypted(written) as Props;
  const isSet = (key: string) => [true, "true"].includes(settingOf(key, config, project) as boolean | string);
  const tailnet = at(config, ["tailnet-edge:tailnet", "name"]);
  return {
    project: name,
    config,
    tailnet: typeof tailnet === "string" ? tailnet : "tail1234.ts.net",
    secrets: encryptedPaths(written).map((path) => ({
      path,
      value: `sandbox-${path.replaceAll(/\W+/g, "-")}`,
    })),
    providers: {
      projectFolder,
      enableSecretMutable: isSet("kubernetes:enableSecretMutable"),
      enableConfigMapMutable: isSet("kubernetes:enableConfigMapMutable"),
    },
  };
}

/**
 * Writes the project's file and the stack's into the sandbox's own folder, where the engine may write.
 *
 * @param work - folder of the copies
 */
export function copySettings({ config, providers }: StackSettings, stack: string, work: string): void {
  const stackFile = join(work, `Pulumi.${stack}.yaml`);
  const salt = readYaml(stackFile)["encryptionsalt"];
  mkdirSync(work, { recursive: true });
  copyFileSync(join(providers.projectFolder, "Pulumi.yaml"), join(work, "Pulumi.yaml"));
  writeFileSync(stackFile, stringify({ ...(salt !== undefined && { encryptionsalt: salt }), config }));
}

/** A provider's setting: the stack's own, or what the project gives. */
function settingOf(key: string, stack: Props, project: Props): unknown {
  const declared = recordAt(project, "config")[key];
  const given = isRecord(declared) ? (declared["value"] ?? declared["default"]) : declared;
  return stack[key] ?? given;
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

function readYaml(file: string): Props {
  const value: unknown = existsSync(file) ? parse(readFileSync(file, "utf8")) : {};
  return isRecord(value) ? value : {};
}
