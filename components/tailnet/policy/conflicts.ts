import type { ConfigIssue } from "../../config-issue.ts";
import type { PolicyFile } from "./document.ts";
import { type ReachingRule, isTcp, rulesReaching, splitDestination } from "./reach.ts";
import type { PolicyRequirements } from "./requirements.ts";

/**
 * Where a policy file and the requirements contradict each other. Both sides are named: merging them
 * would either be refused by Tailscale (a failing test) or quietly give one of them up.
 */
export function conflictsWith(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  return [...openedByFile(file, required), ...deniedByFile(file, required), ...twoNames(file, required)];
}

/**
 * Who is let in by the stack and defined by nobody: Tailscale refuses a policy that speaks of a tag without
 * owners, or of a group that it does not know.
 */
export function undefinedNames(
  { source, document }: PolicyFile,
  required: PolicyRequirements,
): readonly ConfigIssue[] {
  const named = [...new Set(required.grants.flatMap(({ src }) => src))];
  const owned = { ...document.tagOwners, ...required.tagOwners };
  const lacks = (section: "tagOwners" | "groups", name: string): ConfigIssue => ({
    path: `${source}: ${section}`,
    found: `no ${name}, which an allowFrom of the stack lets in`,
    allowed: "an allowFrom of tags and groups that the policy defines",
    fix: `define ${name} in the policy's ${section}, or name another in that allowFrom`,
  });
  return [
    ...named
      .filter((name) => name.startsWith("tag:") && !Object.hasOwn(owned, name))
      .map((name) => lacks("tagOwners", name)),
    // A group with a domain in its name is synced from an identity provider, and defined there.
    ...named
      .filter((name) => /^group:[^@]+$/.test(name) && !Object.hasOwn(document.groups, name))
      .map((name) => lacks("groups", name)),
  ];
}

/** Tailscale refuses a policy that has an autogroup by its older name and by its newer one. */
function twoNames(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  const [older, newer] = ["autogroup:members", "autogroup:member"];
  const names = (policy: object, name: string) => JSON.stringify(policy).includes(JSON.stringify(name));
  if (!names(file.document, older) || !names(required, newer)) return [];
  return [
    {
      path: file.source,
      found: `${older}, but the stack's allowFrom has it as ${newer}`,
      allowed: "one of the two names in a policy file (Tailscale, tailnet policy syntax, autogroups)",
      fix: `write ${newer} all over the file; it means the same`,
    },
  ];
}

/** The file lets something through that the stack must keep shut. */
function openedByFile(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  return required.tests.flatMap(({ src, deny = [] }) =>
    groupByRule(deny, (destination) => {
      const { host, ports } = splitDestination(destination);
      return rulesReaching(file.document, src, host, Number(ports));
    }).map(({ rule, destinations }) => ({
      path: `${file.source}: ${rule.rule}`,
      found: `${rule.text}, which lets ${src} reach ${destinations.join(", ")}`,
      allowed: `a policy in which ${src} reaches nothing of the stack that it is not let into by allowFrom`,
      fix: `narrow ${rule.rule} to people or to other tags (autogroup:member instead of *), or name ${src} in that service's allowFrom`,
    })),
  );
}

/** The file's own tests deny what the stack is configured to open. */
function deniedByFile(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  const opened = {
    acls: [],
    grants: required.grants.map(({ src, dst, ip }) => ({ src: [...src], dst: [...dst], ip: [...ip] })),
    groups: file.document.groups,
  };
  return file.document.tests.flatMap(({ src, user, proto, deny }, index) => {
    if (!isTcp(proto)) return [];
    const source = src ?? user ?? "";
    return deny.flatMap((destination): ConfigIssue[] => {
      const { host, ports } = splitDestination(destination);
      const [reaching] = rulesReaching(opened, source, host, Number(ports));
      if (reaching === undefined) return [];
      return [
        {
          path: `${file.source}: tests[${index}].deny`,
          found: `${source} must not reach ${destination}, but the stack's allowFrom opens ${reaching.text}`,
          allowed: "a stack that opens nothing which the policy's own tests deny",
          fix: `take ${source} out of that service's allowFrom, or ${destination} out of tests[${index}].deny`,
        },
      ];
    });
  });
}

function groupByRule(
  destinations: readonly string[],
  rulesFor: (destination: string) => readonly ReachingRule[],
): readonly { rule: ReachingRule; destinations: readonly string[] }[] {
  const reaching = destinations.flatMap((destination) =>
    rulesFor(destination).map((rule) => ({ rule, destination })),
  );
  const rules = new Map(reaching.map(({ rule }) => [rule.rule, rule]));
  return [...rules.values()].map((rule) => ({
    rule,
    destinations: reaching.filter((one) => one.rule.rule === rule.rule).map(({ destination }) => destination),
  }));
}
