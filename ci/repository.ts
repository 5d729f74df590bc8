import { existsSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import type { StackFiles } from "./touched-stacks.ts";

/** The files that differ between the last common commit with `base` and the work tree. */
export async function changedFiles(folder: string, base: string): Promise<readonly string[]> {
  const git = execa({ cwd: folder });
  const { stdout: ancestor } = await git("git", ["merge-base", "--end-of-options", base, "HEAD"]);
  // Without -z, git quotes names that are not plain ASCII.
  const { stdout } = await git("git", ["diff", "--name-only", "--no-renames", "-z", ancestor]);
  return stdout.split("\0").filter((name) => name !== "");
}

/** Checks out another commit beside the project for the time of `use`. It shares the installed packages. */
export async function withCommit<T>(folder: string, base: string, use: (checkout: string) => Promise<T>) {
  const git = execa({ cwd: folder });
  const { stdout: commit } = await git("git", ["merge-base", "--end-of-options", base, "HEAD"]);
  const checkout = join(await mkdtemp(join(tmpdir(), "base-")), "project");
  try {
    await git("git", ["worktree", "add", "--quiet", "--detach", checkout, commit]);
    const lock = (root: string) => readFileSync(join(root, "package-lock.json"), "utf8");
    if (lock(folder) === lock(checkout)) {
      symlinkSync(join(folder, "node_modules"), join(checkout, "node_modules"));
    } else {
      await execa({ cwd: checkout })("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
    }
    return await use(checkout);
  } finally {
    await git("git", ["worktree", "remove", "--force", checkout]);
    await rm(join(checkout, ".."), { recursive: true, force: true });
  }
}

/** The stacks that have a file in a folder. A file that is no YAML is a stack too: its plan says what is wrong. */
export function stacksOf(folder: string): readonly StackFiles[] {
  return readdirSync(folder).flatMap((name) => {
    const stack = /^Pulumi\.([\w.-]+)\.yaml$/.exec(name)?.[1];
    return stack === undefined ? [] : [{ stack, ...tailnetOf(join(folder, name)) }];
  });
}

export function hasStack(folder: string, stack: string): boolean {
  return existsSync(join(folder, `Pulumi.${stack}.yaml`));
}

function tailnetOf(file: string): Omit<StackFiles, "stack"> {
  try {
    const { config } = parse(readFileSync(file, "utf8"), { merge: true }) as {
      config?: Record<string, { policy?: unknown; basePolicy?: unknown } | undefined>;
    };
    const { policy, basePolicy } = config?.["tailnet-edge:tailnet"] ?? {};
    return {
      managesPolicy: policy === "managed",
      basePolicy: typeof basePolicy === "string" ? basePolicy : undefined,
    };
  } catch {
    return { managesPolicy: false };
  }
}
