import { throwIfAny, UserError } from "../../config-issue.ts";
import { conflictIssues, undefinedNameIssues } from "./conflicts.ts";
import { parsePolicyFile } from "./document.ts";
import { appendToHuJson, renderHuJson } from "./hujson.ts";
import { missingFrom, toAdditions } from "./missing.ts";
import { deriveRequirements } from "./requirements.ts";
import type { Topology } from "./topology.ts";

/** A policy's text, and where it was read from, for messages. */
export interface PolicySource {
  readonly source: string;
  readonly text: string;
}

const SUBJECT = "the tailnet's policy";

/** The base of a stack without a base file. */
const EMPTY_POLICY: PolicySource = { source: "the derived policy", text: "{}\n" };

/**
 * Builds the tailnet's policy: the user's file, complete and with its comments, extended by what the topology needs.
 *
 * @param base - the user's file; without it, the policy contains only what the topology needs
 * @returns HuJSON, formatted with tabs; the same for the same arguments
 * @throws UserError with all issues, if the file does not parse or contradicts the topology
 */
export function buildPolicy(topology: Topology, base: PolicySource = EMPTY_POLICY): string {
  const { file, missing } = compare(topology, base);
  return appendToHuJson(base.text, toAdditions(file, missing));
}

/**
 * Checks that a policy this stack does not manage grants what the topology needs.
 *
 * @param live - the tailnet's current policy
 * @throws UserError with the exact lines to add, or with all contradictions
 */
export function verifyPolicy(topology: Topology, live: PolicySource): void {
  const { missing } = compare(topology, live);
  const sections = Object.entries(missing).filter(([, entries]) => Object.keys(entries as object).length > 0);
  if (sections.length === 0) return;
  const lines = renderHuJson(Object.fromEntries(sections));
  throw new UserError(SUBJECT, [
    {
      path: `${live.source}: ${sections.map(([section]) => section).join(", ")}`,
      found: "a policy that lacks what the stack needs",
      allowed:
        "a complete policy: with tailnet-edge:tailnet.policy = verified the stack reads it and never writes it",
      fix: `merge these lines into the policy where you manage it, then run this again\n${lines}`,
    },
  ]);
}

function compare(topology: Topology, { source, text }: PolicySource) {
  const { file, issues } = parsePolicyFile(text, source);
  if (file === undefined) throw new UserError(SUBJECT, issues);
  const required = deriveRequirements(topology);
  throwIfAny(SUBJECT, [...conflictIssues(file, required), ...undefinedNameIssues(file, required)]);
  return { file, missing: missingFrom(file.document, required) };
}
