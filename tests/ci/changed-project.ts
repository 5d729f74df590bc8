import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { shellProject, type ShellProject } from "../support/shell-project.ts";

/** A copy of this project in a git repository, whose stack is deployed in the sandbox. */
export interface ChangedProject extends ShellProject {
  /** Starts over from the deployed commit, replaces text in a file, and commits. */
  change(file: string, from: string, to: string): Promise<void>;
  /** Runs a git command in the project. */
  git(...args: readonly string[]): Promise<string>;
}

export async function changedProject(stacks: readonly string[]): Promise<ChangedProject> {
  const project = await shellProject();
  const { folder, shell } = project;
  const git = async (...args: readonly string[]) => {
    const { stdout } = await execa({
      cwd: folder,
      env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_AUTHOR_DATE: DATE, GIT_COMMITTER_DATE: DATE },
    })("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", ...args]);
    return stdout;
  };
  for (const stack of stacks) {
    shell.prepare(stack);
    await deploy(project, stack);
  }
  await git("init", "--quiet", "--initial-branch=main");
  // .gitignore names a folder, and here it is a link.
  await git("add", "--all", "--", ".", ":!node_modules");
  await git("commit", "--quiet", "--message=Deployed");
  await git("branch", "deployed");
  return {
    ...project,
    git,
    change: async (file, from, to) => {
      await git("reset", "--quiet", "--hard", "deployed");
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
      writeFileSync(path, text.replace(from, to));
      await git("commit", "--quiet", "--all", "--message=Change");
    },
  };
}

const DATE = "2026-01-01T00:00:00Z";

async function deploy({ folder, shell }: ShellProject, stack: string): Promise<void> {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const text = readFileSync(file, "utf8");
  const { exitCode, stdout, stderr } = await shell.run(
    `pulumi stack init ${stack} && pulumi up --yes --skip-preview --stack ${stack}`,
  );
  if (exitCode !== 0) throw new Error(`${stdout}\n${stderr}`);
  // The engine adds its salt and formats the file anew.
  const [salt = ""] = /^encryptionsalt: .*\n/m.exec(readFileSync(file, "utf8")) ?? [];
  writeFileSync(file, `${text}${salt}`);
}
