import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { localPlugins } from "../host/local-providers.ts";
import { readYaml, type StackSettings } from "../prerequisites/stack-settings.ts";

/**
 * Copies Pulumi.yaml and the stack's file into a folder that the engine may write to. The encryption salt that the
 * engine stored there in an earlier run is kept.
 */
export function copySettings({ config, providers }: StackSettings, stack: string, workFolder: string): void {
  const stackFile = join(workFolder, `Pulumi.${stack}.yaml`);
  const salt = readYaml(stackFile)["encryptionsalt"];
  mkdirSync(workFolder, { recursive: true });
  writeFileSync(join(workFolder, "Pulumi.yaml"), stringify(projectIn(providers.projectFolder)));
  writeFileSync(stackFile, stringify({ ...(salt !== undefined && { encryptionsalt: salt }), config }));
}

/** Pulumi.yaml with absolute paths: the project's own providers stay in its folder. */
function projectIn(folder: string): object {
  const providers = localPlugins(folder);
  return {
    ...readYaml(join(folder, "Pulumi.yaml")),
    ...(providers.length > 0 && { plugins: { providers } }),
  };
}
