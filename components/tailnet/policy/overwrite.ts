import { type ConfigIssue, UserError } from "../../config-issue.ts";
import { parsePolicyFile } from "./document.ts";
import { commentsOf } from "./hujson.ts";
import { lostEntries } from "./loss.ts";
import { checksum, isSamePolicy, readMark, withoutMark } from "./mark.ts";
import type { PolicySource } from "./policy.ts";

/** A policy that a stack is about to write. */
export interface PolicyWrite {
  /** The whole text. */
  readonly text: string;
  /** The stack's name, as in the policy's mark. */
  readonly stack: string;
  readonly base?: PolicySource | undefined;
  /** Checksum of the live policy whose loss the user accepts. */
  readonly accepted?: string | undefined;
}

const LIVE = "the live policy";
const PRINT_POLICY =
  'curl -fsS -u "$TAILSCALE_API_KEY:" -H "Accept: application/hujson" https://api.tailscale.com/api/v2/tailnet/-/acl';
const MAX_ROWS = 40;

/**
 * Refuses to write over a live policy that holds what nobody has agreed to lose.
 *
 * These may be replaced: a policy that this stack wrote and nobody changed since, the same policy, one that is
 * the base policy, and one whose checksum the user has accepted. Of any other policy, the untouched default one
 * included, every entry must be in the new policy. If somebody changed it after this stack wrote it, the new
 * policy must also add nothing: it could bring back what they removed.
 *
 * @param live - the policy as the tailnet has it now
 * @throws UserError with every entry that would be lost or added, and how to keep it
 */
export function checkOverwrite(live: string, write: PolicyWrite): void {
  const mark = readMark(live);
  const isOwn = mark?.stack === write.stack;
  if (isOwn && mark.isIntact) return;
  if (isSamePolicy(live, write.text) || (write.base && isSamePolicy(live, write.base.text))) return;
  if (write.accepted === checksum(live)) return;

  const changes = isOwn ? changesBetween(live, write.text) : lossesOf(live, write.text);
  if (changes.length === 0) return;
  throw new UserError("the tailnet's policy", [issue(live, write, changes)]);
}

function changesBetween(live: string, next: string): readonly string[] {
  const kept = commentsOf(next);
  const comments = commentsOf(withoutMark(live)).filter((comment) => !kept.includes(comment));
  return [
    ...lossesOf(live, next),
    ...comments.map((comment) => `lost: comment: ${comment}`),
    ...entriesLost(next, live).map((entry) => `added: ${entry}`),
  ];
}

function lossesOf(live: string, next: string): readonly string[] {
  return entriesLost(live, next).map((entry) => `lost: ${entry}`);
}

function entriesLost(before: string, after: string): readonly string[] {
  const [from, to] = [parsePolicyFile(before, LIVE), parsePolicyFile(after, "the new policy")];
  if (from.file && to.file) return lostEntries(from.file, to.file);
  // Such a policy cannot be compared, so all of it counts as lost.
  return [...from.issues, ...to.issues].map(({ path, found }) => `all of it, because of ${path}: ${found}`);
}

function issue(
  live: string,
  { stack, base, accepted }: PolicyWrite,
  changes: readonly string[],
): ConfigIssue {
  const sum = checksum(live);
  const file = base?.source ?? "a file, and set tailnet-edge:tailnet.basePolicy to its path";
  const more = changes.length > MAX_ROWS ? [`and ${changes.length - MAX_ROWS} more`] : [];
  const outdated =
    accepted === undefined ? [] : [`tailnet.replacePolicy is ${accepted}: it was given for another policy`];
  return {
    path: LIVE,
    found: [`${writerOf(live, stack)} (${sum})`, ...outdated, ...changes.slice(0, MAX_ROWS), ...more].join(
      "\n",
    ),
    allowed:
      "the policy that this stack wrote last, or one with no entry that the new policy lacks: nobody loses access unseen",
    fix: [
      `to keep the entries, save the live policy as ${file}; the stack's own lines may stay in it`,
      `  ${PRINT_POLICY}`,
      `to give them up, set tailnet-edge:tailnet.replacePolicy: ${sum}`,
    ].join("\n"),
  };
}

function writerOf(live: string, stack: string): string {
  const mark = readMark(live);
  if (mark === undefined) return "a policy that this stack did not write";
  if (mark.stack === stack) return "a policy that was changed after this stack wrote it";
  return `a policy that stack ${mark.stack} wrote; only one stack per tailnet can manage it`;
}
