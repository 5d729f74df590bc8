import type { ConfigIssue } from "../components/config-issue.ts";
import { parsePolicyFile } from "../components/tailnet/policy/document.ts";
import { commentsOf } from "../components/tailnet/policy/hujson.ts";
import { lostEntries } from "../components/tailnet/policy/loss.ts";
import { readMark, withoutMark } from "../components/tailnet/policy/mark.ts";

const LIVE = "the live policy";

/**
 * The text of a base policy that keeps everything of the live policy.
 *
 * @param file - path of the base policy
 * @param present - text of that file; undefined if it does not exist
 * @returns the text to write, or why the file stays as it is
 */
export function basePolicyText(
  live: string,
  file: string,
  present: string | undefined,
): { readonly text: string } | { readonly issue: ConfigIssue } {
  const refuse = (found: string, allowed: string, fix: string) => ({
    issue: { path: file, found, allowed, fix },
  });
  const parsed = parsePolicyFile(live, LIVE);
  if (parsed.file === undefined) {
    const [issue] = parsed.issues;
    return refuse(
      `a live policy that cannot be read: ${issue?.path ?? ""}: ${issue?.found ?? ""}`,
      "a live policy in HuJSON",
      "fix the policy in the admin console, then run this again",
    );
  }
  const mark = readMark(live);
  if (mark?.isIntact === true) {
    return refuse(
      `a live policy that stack ${mark.stack} wrote, and nobody has changed since`,
      "a live policy of other writers",
      "keep the base policy: it is the source of the live one",
    );
  }
  const text = withoutMark(live);
  const lost = present === undefined ? [] : lostFrom(present, file, text);
  if (lost.length === 0) return { text };
  return refuse(
    ["entries of the base policy that the live policy lacks", ...lost].join("\n"),
    "a base policy whose entries are all in the live policy, or no such file",
    "move the file away, run this again, and merge both by hand",
  );
}

function lostFrom(present: string, file: string, next: string): readonly string[] {
  const [before, after] = [parsePolicyFile(present, file), parsePolicyFile(next, LIVE)];
  if (!before.file || !after.file) return ["all of it: the file cannot be read as HuJSON"];
  const kept = commentsOf(next);
  return [
    ...lostEntries(before.file, after.file),
    ...commentsOf(present)
      .filter((comment) => !kept.includes(comment))
      .map((comment) => `comment: ${comment}`),
  ];
}
