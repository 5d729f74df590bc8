import { conflictIssues, undefinedNameIssues } from "../../components/tailnet/policy/conflicts.ts";
import { parsePolicyFile, type PolicyFile } from "../../components/tailnet/policy/document.ts";
import { missingFrom } from "../../components/tailnet/policy/missing.ts";
import { deriveRequirements } from "../../components/tailnet/policy/requirements.ts";
import type { Topology } from "../../components/tailnet/policy/topology.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";

const SOURCE = "the live policy";

/** What is checked of the policy. A policy that cannot be parsed is the finding of `syntax` alone. */
export interface PolicyOutcomes {
  readonly syntax: Outcome;
  readonly tagOwners: Outcome;
  readonly funnel: Outcome;
  readonly access: Outcome;
  readonly tests: Outcome;
}

/**
 * Compares the live policy with what the stack needs of it, as `policy: verified` does.
 *
 * Tailscale itself saves no policy whose own tests fail. `tests` are those that the stack needs: evaluated here,
 * because the API validates a policy only by a POST.
 */
export function policyOutcomes(topology: Topology, text: string): PolicyOutcomes {
  const { file, issues } = parsePolicyFile(text, SOURCE);
  if (file !== undefined) return { syntax: ok("it can be parsed"), ...outcomesOf(topology, file) };
  const syntax = broken("policy-unreadable", issues.map(({ path, found }) => `${path}: ${found}`).join("; "));
  const untold = unknown("the policy cannot be parsed");
  return { syntax, tagOwners: untold, funnel: untold, access: untold, tests: untold };
}

function outcomesOf(topology: Topology, file: PolicyFile): Omit<PolicyOutcomes, "syntax"> {
  const required = deriveRequirements(topology);
  const missing = missingFrom(file.document, required);
  const owners = Object.entries(missing.tagOwners).map(([tag, members]) =>
    members.length === 0 ? `${tag} is not defined` : `${tag} lacks the owner ${members.join(", ")}`,
  );
  const lacksFunnel = missing.nodeAttrs.flatMap(({ target }) => target);
  const approvals = Object.entries(missing.autoApprovers?.services ?? {}).map(
    ([tag, members]) => `autoApprovers: ${members.join(", ")} for services with ${tag}`,
  );
  const grants = missing.grants.map(
    ({ src, dst, ip }) => `${src.join(", ")} to ${dst.join(", ")} on ${ip.join(", ")}`,
  );
  const conflicts = [...conflictIssues(file, required), ...undefinedNameIssues(file, required)];
  return {
    tagOwners: outcome(
      owners,
      "tag-without-owner",
      `${Object.keys(required.tagOwners).join(", ")} have their owners`,
    ),
    funnel: outcome(
      lacksFunnel.map((tag) => `no nodeAttr funnel for ${tag}`),
      "funnel-not-allowed",
      `${required.nodeAttrs.flatMap(({ target }) => target).join(", ")} may use Funnel`,
    ),
    access: outcome([...grants, ...approvals], "access-not-granted", `all ${required.grants.length} grants`),
    tests: outcome(
      conflicts.map(({ path, found }) => `${path}: ${found}`),
      "policy-tests-fail",
      `all ${required.tests.length} tests of the stack pass`,
    ),
  };
}

function outcome(
  faults: readonly string[],
  cause: "tag-without-owner" | "funnel-not-allowed" | "access-not-granted" | "policy-tests-fail",
  evidence: string,
): Outcome {
  return faults.length === 0 ? ok(evidence) : broken(cause, faults.join("; "));
}
