import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findEngine } from "../../sandbox/engine/find-engine.ts";
import { copyProject } from "../../sandbox/shell/project-copy.ts";
import { SandboxShell } from "../../sandbox/shell/shell.ts";

/** A copy of this project with a sandbox of its own, in which commands run as a user types them. */
export interface ShellProject {
  readonly folder: string;
  readonly shell: SandboxShell;
  remove(): Promise<void>;
}

export async function shellProject(): Promise<ShellProject> {
  const folder = await mkdtemp(join(tmpdir(), "shell-"));
  copyProject(folder);
  const shell = new SandboxShell({
    engine: await findEngine(),
    folder: join(folder, ".sandbox"),
    projectFolder: folder,
  });
  return {
    folder,
    shell,
    remove: async () => {
      await shell.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
