import { parsePolicyFile, type PolicyFile } from "../../components/tailnet/policy/document.ts";
import { lostEntries } from "../../components/tailnet/policy/loss.ts";
import { withoutMark } from "../../components/tailnet/policy/mark.ts";
import { policyOf, type StackPlan } from "./stack-plan.ts";

/** What a change does to the policy that a stack writes. */
export interface PolicyChange {
  /** Entries that the new policy has and the old one does not: `grants: autogroup:member → tag:k8s on tcp:443`. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** The added entries that allow somebody something. */
  readonly widening: readonly string[];
}

/** Sections that check access and give none. */
const CHECKS = /^(tests|sshTests):/i;

/**
 * Compares the policies of two plans, the user's own entries included.
 *
 * @param base - a stack without a policy so far counts as one with an empty policy
 */
export function policyChange(base: StackPlan | null, head: StackPlan | null): PolicyChange {
  const after = head && policyOf(head);
  // The policy outlives its stack.
  if (typeof after !== "string") return { added: [], removed: [], widening: [] };
  const [old, next] = [parsed((base && policyOf(base)) ?? "{}\n"), parsed(after)];
  if (old === undefined || next === undefined) {
    const unreadable = "a policy that cannot be compared: read the diff of the base policy";
    return { added: [unreadable], removed: [], widening: [unreadable] };
  }
  const added = lostEntries(next, old);
  return {
    added,
    removed: lostEntries(old, next),
    widening: added.filter((entry) => !CHECKS.test(entry) && !/: \[\]$/.test(entry)),
  };
}

function parsed(text: string): PolicyFile | undefined {
  return parsePolicyFile(withoutMark(text), "the policy").file;
}
