import { UserError, throwIfAny } from "../../config-issue.ts";
import { conflictsWith, undefinedNames } from "./conflicts.ts";
import { parsePolicyFile } from "./document.ts";
import { appendToHuJson, renderHuJson } from "./hujson.ts";
import { missingFrom, toAdditions } from "./missing.ts";
import { requirePolicy } from "./requirements.ts";
import type { Topology } from "./topology.ts";

/** A policy's text and where it was read from, for messages. */
export interface PolicySource {
  readonly source: string;
  readonly text: string;
}

const SUBJECT = "the tailnet's policy";

/** What a stack without a base file starts from. */
const NOTHING: PolicySource = { source: "the derived policy", text: "{}\n" };

/**
 * Builds the tailnet's policy: the user's own file, whole and with its comments, and what the topology
 * needs beside it.
 *
 * @param base - the user's file; without it the policy holds what the topology needs and nothing else
 * @returns HuJSON, formatted with tabs; the same for the same arguments
 * @throws UserError if the file does not parse or contradicts the topology; every issue at once
 */
export function buildPolicy(topology: Topology, base: PolicySource = NOTHING): string {
  const { file, missing } = compare(topology, base);
  return appendToHuJson(base.text, toAdditions(file, missing));
}

/**
 * Checks that a policy which somebody else keeps grants what the topology needs.
 *
 * @param live - the policy as the tailnet has it now
 * @throws UserError with the exact lines to add, or with every contradiction
 */
export function verifyPolicy(topology: Topology, live: PolicySource): void {
  const { missing } = compare(topology, live);
  const sections = Object.entries(missing).filter(([, entries]) => Object.keys(entries as object).length > 0);
  if (sections.length === 0) return;
  const lines = renderHuJson(Object.fromEntries(sections));
  throw new UserError(SUBJECT, [
    {
      path: `${live.source}: ${sections.map(([section]) => section).join(", ")}`,
      found: "a policy without all that the stack needs",
      allowed: "tailnet-edge:tailnet.policy = verified: the policy is read, checked, and never written",
      fix: `merge these lines into the policy where it is kept, then run this again\n${lines}`,
    },
  ]);
}

function compare(topology: Topology, { source, text }: PolicySource) {
  const { file, issues } = parsePolicyFile(text, source);
  if (file === undefined) throw new UserError(SUBJECT, issues);
  const required = requirePolicy(topology);
  throwIfAny(SUBJECT, [...conflictsWith(file, required), ...undefinedNames(file, required)]);
  return { file, missing: missingFrom(file.document, required) };
}
