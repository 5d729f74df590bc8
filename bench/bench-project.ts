import { readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";

const ROOT = resolve(import.meta.dirname, "..");

/** A zone and its hostnames. */
export interface BenchZone {
  readonly name: string;
  readonly hosts: readonly string[];
}

/** Writes into an empty folder what the engine needs of this project. */
export async function writeProject(folder: string): Promise<void> {
  await writeFile(join(folder, "Pulumi.yaml"), await readFile(join(ROOT, "Pulumi.yaml")));
  // The Helm release refers to its post-renderer by a path in the project, and the engine finds the providers there.
  for (const name of ["components", "providers"]) await symlink(join(ROOT, name), join(folder, name));
}

/** Writes the file of the stack ozilab with other zones and hostnames. */
export async function writeStackFile(folder: string, zones: readonly BenchZone[]): Promise<void> {
  const file = parse(await readFile(join(ROOT, "Pulumi.ozilab.yaml"), "utf8")) as {
    config: Record<string, object>;
  };
  const edge = "tailnet-edge:publicEdge";
  file.config[edge] = {
    ...file.config[edge],
    zones: zones.map(({ name }) => name),
    hostnames: zones.flatMap(({ hosts }) => hosts),
  };
  await writeFile(join(folder, "Pulumi.ozilab.yaml"), stringify(file));
}
