import { UserError } from "../components/config-issue.ts";
import { parsePolicyFile } from "../components/tailnet/policy/document.ts";
import { lostEntries } from "../components/tailnet/policy/loss.ts";
import { isSamePolicy } from "../components/tailnet/policy/mark.ts";
import type { RecordedResource } from "../plan/recording/recording.ts";
import { conflict, existing, type Finding } from "./finding.ts";

const SUBJECT = "policy of the tailnet";

/**
 * Compares the policy that a stack writes with the live one.
 *
 * @param live - the live policy
 * @param refusal - the error with which the program refuses the live policy; undefined if it accepts it
 */
export function comparePolicy(
  resource: RecordedResource,
  live: string,
  refusal: UserError | undefined,
): Finding {
  const [issue] = refusal?.issues ?? [];
  if (issue !== undefined) {
    const { found, allowed } = issue;
    const fix = "run make adopt with POLICY=write, which saves the live policy as the stack's base policy";
    return conflict(resource, SUBJECT, found, allowed, fix);
  }
  const wanted = String(resource.inputs["acl"]);
  if (isSamePolicy(live, wanted)) return existing(resource, SUBJECT, undefined, []);
  return existing(resource, SUBJECT, undefined, [
    ...entries(wanted, live).map((entry) => `added: ${entry}`),
    ...entries(live, wanted).map((entry) => `removed: ${entry}`),
    "the stack's mark is added as the first line",
  ]);
}

function entries(one: string, other: string): readonly string[] {
  const [from, to] = [parsePolicyFile(one, SUBJECT), parsePolicyFile(other, SUBJECT)];
  return from.file && to.file ? lostEntries(from.file, to.file) : [];
}
