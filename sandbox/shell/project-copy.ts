import { cpSync, symlinkSync, utimesSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..", "..");

/** What the program and its commands consist of. */
const FILES = [
  "index.ts",
  "package.json",
  "package-lock.json",
  ".gitignore",
  "Pulumi.yaml",
  "Pulumi.ozilab.yaml",
  "Pulumi.tazlab.yaml",
  "Makefile",
  "adopt",
  "ci",
  "components",
  "doctor",
  "explain",
  "live",
  "plan",
  "providers",
  "stacks",
  "worker",
];

/** Copies this project into an empty folder. Commands may change the copy; it shares the installed packages. */
export function copyProject(folder: string): void {
  for (const file of FILES) cpSync(join(ROOT, file), join(folder, file), { recursive: true });
  // Otherwise make installs the packages anew, into the folder that the copy shares.
  for (const file of ["package.json", "package-lock.json"]) utimesSync(join(folder, file), 0, 0);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}
