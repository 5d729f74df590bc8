import { ApiError } from "../../world/api.ts";
import { failedTests } from "./policy-tests.ts";
import { parsePolicy, type Policy } from "./policy.ts";

/**
 * Checks a policy as the API does at each write: every tag and group is declared, and the policy's own tests pass
 * (Tailscale API, "Set policy file"; "Tests").
 *
 * @throws ApiError 400, with the failed tests in the API's format
 */
export function validatePolicy(text: string): void {
  const policy = parsePolicy(text);
  const undeclared = referencedNames(policy).find((name) => !isDeclared(policy, name));
  if (undeclared !== undefined) {
    const noun = undeclared.startsWith("tag:") ? "tag" : "group";
    throw new ApiError(400, `policy file: ${noun} not found: "${undeclared}"`);
  }
  const failed = failedTests(policy);
  if (failed.length > 0) throw new ApiError(400, `test(s) failed: ${failed.join("; ")}`);
}

/** Every tag and group that the policy names. */
function referencedNames({ acls, autoApprovers, grants, nodeAttrs, tagOwners, tests }: Policy): string[] {
  const names = [
    ...acls.flatMap(({ src, dst }) => [...src, ...dst.map(withoutPorts)]),
    ...grants.flatMap(({ src, dst }) => [...src, ...dst]),
    ...Object.entries(autoApprovers?.services ?? {}).flatMap(([service, approvers]) => [
      service,
      ...approvers,
    ]),
    ...nodeAttrs.flatMap(({ target }) => target),
    ...Object.values(tagOwners).flat(),
    ...tests.flatMap(({ src, accept = [], deny = [] }) => [src, ...[...accept, ...deny].map(withoutPorts)]),
  ];
  return [...Object.keys(tagOwners), ...names].filter((name) => /^(tag|group):/.test(name));
}

function isDeclared({ tagOwners, groups }: Policy, name: string): boolean {
  return name in tagOwners || name in groups;
}

function withoutPorts(target: string): string {
  return target.slice(0, target.lastIndexOf(":"));
}
