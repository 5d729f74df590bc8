import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigIssue } from "../../components/config-issue.ts";
import { parsePolicyFile } from "../../components/tailnet/policy/document.ts";
import type { PolicySource } from "../../components/tailnet/policy/policy.ts";
import { settingPath, show } from "./issue-from-zod.ts";

const PROJECT_FOLDER = resolve(import.meta.dirname, "..", "..");

/**
 * Reads the user's own policy.
 *
 * Not a rule of the schema, because it reads the disk: the schema also describes configurations for editors and
 * the sandbox, where the file may not exist.
 *
 * @param source - `tailnet.basePolicy`; null if it has an issue already
 */
export function readBasePolicy(source: string | null | undefined): {
  readonly base?: PolicySource;
  readonly issues: readonly ConfigIssue[];
} {
  if (typeof source !== "string") return { issues: [] };
  try {
    // HuJSON allows no byte order mark.
    const text = readFileSync(resolve(PROJECT_FOLDER, source), "utf8").replace(/^\uFEFF/, "");
    return { base: { source, text }, issues: parsePolicyFile(text, source).issues };
  } catch (error) {
    const issue = {
      path: settingPath(["tailnet", "basePolicy"]),
      found: `${show(source, ["basePolicy"])}, which cannot be read as a file (${(error as NodeJS.ErrnoException).code ?? "unknown"})`,
      allowed: "the path of a HuJSON file, relative to the project's folder",
      fix: "fix the path, or remove basePolicy to start from an empty policy",
    };
    return { issues: [issue] };
  }
}
