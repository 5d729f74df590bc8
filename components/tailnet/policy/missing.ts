import type { PolicyDocument, PolicyFile } from "./document.ts";
import type { Addition } from "./hujson.ts";
import { isTcp, rulesReaching, splitDestination } from "./reach.ts";
import type { Grant, PolicyRequirements, PolicyTest } from "./requirements.ts";

/** What a policy does not yet hold of the requirements; all empty when it holds everything. */
export function missingFrom(policy: PolicyDocument, required: PolicyRequirements): PolicyRequirements {
  return {
    tagOwners: Object.fromEntries(
      Object.entries(required.tagOwners).flatMap(([tag, owners]) => {
        const present = policy.tagOwners[tag];
        if (present === undefined) return [[tag, owners]];
        const missing = owners.filter((owner) => !present.includes(owner));
        return missing.length > 0 ? [[tag, missing]] : [];
      }),
    ),
    nodeAttrs: required.nodeAttrs
      .map(({ target, attr }) => ({ target: target.filter((tag) => !hasAttr(policy, tag, attr)), attr }))
      .filter(({ target }) => target.length > 0),
    grants: required.grants.filter((grant) => !isGranted(policy, grant)),
    tests: required.tests.flatMap((test) => untested(policy, test)),
  };
}

/** The additions that put what is missing into a policy file, under the names that the file gives its sections. */
export function toAdditions(file: PolicyFile, missing: PolicyRequirements): readonly Addition[] {
  const sectionAdditions = (section: keyof PolicyRequirements, additions: readonly Addition[]) => {
    if (additions.length === 0) return [];
    const key = file.spelling.get(section) ?? section;
    const empty = section === "tagOwners" ? {} : [];
    const opening = file.spelling.has(section) ? [] : [{ path: [], key, value: empty }];
    return [...opening, ...additions.map((addition) => ({ ...addition, path: [key, ...addition.path] }))];
  };
  const appended = (entries: readonly object[]) => entries.map((value) => ({ path: [], value }));

  return [
    ...sectionAdditions(
      "tagOwners",
      Object.entries(missing.tagOwners).flatMap(([tag, owners]): readonly Addition[] =>
        file.document.tagOwners[tag] === undefined
          ? [{ path: [], key: tag, value: owners }]
          : owners.map((value) => ({ path: [tag], value })),
      ),
    ),
    ...sectionAdditions("nodeAttrs", appended(missing.nodeAttrs)),
    ...sectionAdditions("grants", appended(missing.grants)),
    ...sectionAdditions("tests", appended(missing.tests)),
  ];
}

function hasAttr(policy: PolicyDocument, tag: string, attributes: readonly string[]): boolean {
  return policy.nodeAttrs.some(
    ({ target, attr }) =>
      (target.includes(tag) || target.includes("*")) && attributes.every((wanted) => attr.includes(wanted)),
  );
}

function isGranted(policy: PolicyDocument, { src, dst, ip }: Grant): boolean {
  const ports = ip.map((entry) => Number(splitDestination(entry).ports));
  return src.every((source) =>
    dst.every((tag) =>
      ports.every((port) => rulesReaching(policy, source, tag, port).some(({ conditional }) => !conditional)),
    ),
  );
}

function untested(policy: PolicyDocument, test: PolicyTest): readonly PolicyTest[] {
  const present = policy.tests.filter(({ src, user, proto }) => (src ?? user) === test.src && isTcp(proto));
  const accepted = present.flatMap(({ accept, allow = [] }) => [...accept, ...allow]);
  const denied = present.flatMap(({ deny }) => deny);
  const accept = (test.accept ?? []).filter((destination) => !accepted.includes(destination));
  const deny = (test.deny ?? []).filter((destination) => !denied.includes(destination));
  if (accept.length + deny.length === 0) return [];
  return [{ src: test.src, ...(accept.length > 0 && { accept }), ...(deny.length > 0 && { deny }) }];
}
