import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { readYaml, type StackSettings } from "../prerequisites/stack-settings.ts";

/**
 * Copies Pulumi.yaml and the stack's file into a folder that the engine may write to. The encryption salt that the
 * engine stored there in an earlier run is kept.
 */
export function copySettings({ config, providers }: StackSettings, stack: string, workFolder: string): void {
  const stackFile = join(workFolder, `Pulumi.${stack}.yaml`);
  const salt = readYaml(stackFile)["encryptionsalt"];
  mkdirSync(workFolder, { recursive: true });
  copyFileSync(join(providers.projectFolder, "Pulumi.yaml"), join(workFolder, "Pulumi.yaml"));
  writeFileSync(stackFile, stringify({ ...(salt !== undefined && { encryptionsalt: salt }), config }));
}
