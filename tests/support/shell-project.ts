import { cpSync, symlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../../sandbox/engine/find-engine.ts";
import { SandboxShell } from "../../sandbox/shell/shell.ts";
import { PROJECT_FOLDER } from "./stack-config.ts";

/** What the program and its commands consist of. */
const FILES = [
  "index.ts",
  "package.json",
  "package-lock.json",
  ".gitignore",
  "Pulumi.yaml",
  "Pulumi.ozilab.yaml",
  "Pulumi.tazlab.yaml",
  "ci",
  "components",
  "plan",
  "stacks",
  "worker",
];

/** A copy of this project with a sandbox of its own, in which commands run as a user types them. */
export interface ShellProject {
  readonly folder: string;
  readonly shell: SandboxShell;
  remove(): Promise<void>;
}

export async function shellProject(): Promise<ShellProject> {
  const folder = await mkdtemp(join(tmpdir(), "shell-"));
  for (const file of FILES) cpSync(join(PROJECT_FOLDER, file), join(folder, file), { recursive: true });
  symlinkSync(join(PROJECT_FOLDER, "node_modules"), join(folder, "node_modules"));
  const shell = new SandboxShell({
    engine: await findEngine(),
    folder: join(folder, ".sandbox"),
    projectFolder: folder,
  });
  return {
    folder,
    shell,
    remove: async () => {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
