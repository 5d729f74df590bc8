import type { ConfigIssue } from "../../config-issue.ts";
import type { PolicyFile } from "./document.ts";
import { coversProtocol, type ReachingRule, rulesReaching, splitDestination } from "./reach.ts";
import type { PolicyRequirements } from "./requirements.ts";

/**
 * Finds where a policy file and the requirements contradict each other. Each issue names both sides: merging them
 * would either be rejected by Tailscale (a failing test) or silently break one of them.
 */
export function conflictIssues(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  return [
    ...accessOpenedByFile(file, required),
    ...accessDeniedByFile(file, required),
    ...autogroupSpellingIssues(file, required),
  ];
}

/**
 * Finds tags and groups that the stack grants access to and nobody defines: Tailscale rejects a policy that names a
 * tag without owners, or an unknown group.
 */
export function undefinedNameIssues(
  { source, document }: PolicyFile,
  required: PolicyRequirements,
): readonly ConfigIssue[] {
  const granted = [...new Set(required.grants.flatMap(({ src }) => src))];
  const owned = { ...document.tagOwners, ...required.tagOwners };
  const lacks = (section: "tagOwners" | "groups", name: string): ConfigIssue => ({
    path: `${source}: ${section}`,
    found: `no ${name}, which an allowFrom of the stack names`,
    allowed: "tags and groups in allowFrom that the policy defines",
    fix: `define ${name} in the policy's ${section}, or replace it in that allowFrom`,
  });
  return [
    ...granted
      .filter((name) => name.startsWith("tag:") && !Object.hasOwn(owned, name))
      .map((name) => lacks("tagOwners", name)),
    // A group with a domain in its name is synced from an identity provider, which defines it.
    ...granted
      .filter((name) => /^group:[^@]+$/.test(name) && !Object.hasOwn(document.groups, name))
      .map((name) => lacks("groups", name)),
  ];
}

/** Tailscale rejects a policy that contains both the older and the newer name of an autogroup. */
function autogroupSpellingIssues(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  const [older, newer] = ["autogroup:members", "autogroup:member"];
  const names = (policy: object, name: string) => JSON.stringify(policy).includes(JSON.stringify(name));
  if (!names(file.document, older) || !names(required, newer)) return [];
  return [
    {
      path: file.source,
      found: `${older}, but the stack's allowFrom uses ${newer}`,
      allowed: "only one of the two names in a policy file (Tailscale, tailnet policy syntax, autogroups)",
      fix: `replace ${older} by ${newer} in the whole file; both mean the same`,
    },
  ];
}

/** The file allows access that the stack must deny. */
function accessOpenedByFile(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  return required.tests.flatMap(({ src, proto, deny = [] }) =>
    groupByRule(deny, (destination) => {
      const { host, ports } = splitDestination(destination);
      return rulesReaching(file.document, src, host, Number(ports), proto);
    }).map(({ rule, destinations }) => ({
      path: `${file.source}: ${rule.path}`,
      found: `${rule.text}, which lets ${src} reach ${destinations.join(", ")}`,
      allowed: `a policy in which ${src} reaches only what an allowFrom of the stack grants it`,
      fix: `limit ${rule.path} to people or to other tags (autogroup:member instead of *), or add ${src} to that service's allowFrom`,
    })),
  );
}

/** The file's own tests deny access that the stack is configured to grant. */
function accessDeniedByFile(file: PolicyFile, required: PolicyRequirements): readonly ConfigIssue[] {
  const granted = {
    acls: [],
    grants: required.grants.map(({ src, dst, ip }) => ({ src: [...src], dst: [...dst], ip: [...ip] })),
    groups: file.document.groups,
  };
  return file.document.tests.flatMap(({ src, user, proto, deny }, index) => {
    const protocols = (["tcp", "udp"] as const).filter((protocol) => coversProtocol(proto, protocol));
    const source = src ?? user ?? "";
    return deny.flatMap((destination): ConfigIssue[] => {
      const { host, ports } = splitDestination(destination);
      const [reaching] = protocols.flatMap((protocol) =>
        rulesReaching(granted, source, host, Number(ports), protocol),
      );
      if (reaching === undefined) return [];
      return [
        {
          path: `${file.source}: tests[${index}].deny`,
          found: `${source} must not reach ${destination}, but the stack's allowFrom grants ${reaching.text}`,
          allowed: "a stack that grants nothing that the policy's own tests deny",
          fix: `remove ${source} from that service's allowFrom, or ${destination} from tests[${index}].deny`,
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
  const rules = new Map(reaching.map(({ rule }) => [rule.path, rule]));
  return [...rules.values()].map((rule) => ({
    rule,
    destinations: reaching.filter((one) => one.rule.path === rule.path).map(({ destination }) => destination),
  }));
}
