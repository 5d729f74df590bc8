import type { PolicyDocument, PolicyFile } from "./document.ts";
import type { Addition } from "./hujson.ts";
import { coversProtocol, type Protocol, rulesReaching, splitDestination } from "./reach.ts";
import type { Grant, PolicyRequirements, PolicyTest } from "./requirements.ts";

/** Returns the requirements that a policy does not meet yet; all sections are empty when it meets them all. */
export function missingFrom(policy: PolicyDocument, required: PolicyRequirements): PolicyRequirements {
  const services = missingMembers(
    policy.autoApprovers?.services ?? {},
    required.autoApprovers?.services ?? {},
  );
  return {
    tagOwners: missingMembers(policy.tagOwners, required.tagOwners),
    nodeAttrs: required.nodeAttrs
      .map(({ target, attr }) => ({ target: target.filter((tag) => !hasAttr(policy, tag, attr)), attr }))
      .filter(({ target }) => target.length > 0),
    grants: required.grants.filter((grant) => !isGranted(policy, grant)),
    tests: required.tests.flatMap((test) => untested(policy, test)),
    ...(Object.keys(services).length > 0 && { autoApprovers: { services } }),
  };
}

type Members = Readonly<Record<string, readonly string[]>>;

function missingMembers(present: Members, required: Members): Members {
  return Object.fromEntries(
    Object.entries(required).flatMap(([tag, members]) => {
      const known = present[tag];
      if (known === undefined) return [[tag, members]];
      const missing = members.filter((member) => !known.includes(member));
      return missing.length > 0 ? [[tag, missing]] : [];
    }),
  );
}

/** Returns the additions that put members into an object of lists, and create the lists that are missing. */
function memberAdditions(present: Members, missing: Members): readonly Addition[] {
  return Object.entries(missing).flatMap(([tag, members]): readonly Addition[] =>
    present[tag] === undefined
      ? [{ path: [], key: tag, value: members }]
      : members.map((value) => ({ path: [tag], value })),
  );
}

/** Returns the additions that complete a policy file, under the spelling that the file uses for its sections. */
export function toAdditions(file: PolicyFile, missing: PolicyRequirements): readonly Addition[] {
  const sectionAdditions = (section: keyof PolicyRequirements, additions: readonly Addition[]) => {
    if (additions.length === 0) return [];
    const key = file.spelling.get(section) ?? section;
    const empty = section === "tagOwners" || section === "autoApprovers" ? {} : [];
    const opening = file.spelling.has(section) ? [] : [{ path: [], key, value: empty }];
    return [...opening, ...additions.map((addition) => ({ ...addition, path: [key, ...addition.path] }))];
  };
  const appended = (entries: readonly object[]) => entries.map((value) => ({ path: [], value }));

  return [
    ...sectionAdditions("tagOwners", memberAdditions(file.document.tagOwners, missing.tagOwners)),
    ...sectionAdditions("autoApprovers", serviceAdditions(file, missing)),
    ...sectionAdditions("nodeAttrs", appended(missing.nodeAttrs)),
    ...sectionAdditions("grants", appended(missing.grants)),
    ...sectionAdditions("tests", appended(missing.tests)),
  ];
}

function serviceAdditions(file: PolicyFile, { autoApprovers }: PolicyRequirements): readonly Addition[] {
  if (autoApprovers === undefined) return [];
  const present = file.document.autoApprovers?.services;
  const opening: readonly Addition[] = present ? [] : [{ path: [], key: "services", value: {} }];
  const members = memberAdditions(present ?? {}, autoApprovers.services);
  return [...opening, ...members.map((addition) => ({ ...addition, path: ["services", ...addition.path] }))];
}

function hasAttr(policy: PolicyDocument, tag: string, attributes: readonly string[]): boolean {
  return policy.nodeAttrs.some(
    ({ target, attr }) =>
      (target.includes(tag) || target.includes("*")) &&
      attributes.every((attribute) => attr.includes(attribute)),
  );
}

function isGranted(policy: PolicyDocument, { src, dst, ip }: Grant): boolean {
  return src.every((source) =>
    dst.every((tag) =>
      ip
        .map(splitDestination)
        .every(({ host: protocol, ports: port }) =>
          rulesReaching(policy, source, tag, Number(port), protocol as Protocol).some(
            ({ conditional }) => !conditional,
          ),
        ),
    ),
  );
}

function untested(policy: PolicyDocument, test: PolicyTest): readonly PolicyTest[] {
  const { src: source, proto: protocol } = test;
  // A test without a protocol proves less than a test with one.
  const present = policy.tests.filter(
    ({ src, user, proto }) =>
      (src ?? user) === source &&
      (protocol === undefined
        ? coversProtocol(proto, "tcp")
        : proto !== undefined && coversProtocol(proto, protocol)),
  );
  const accepted = present.flatMap(({ accept, allow = [] }) => [...accept, ...allow]);
  const denied = present.flatMap(({ deny }) => deny);
  const accept = (test.accept ?? []).filter((destination) => !accepted.includes(destination));
  const deny = (test.deny ?? []).filter((destination) => !denied.includes(destination));
  if (accept.length + deny.length === 0) return [];
  return [
    {
      src: source,
      ...(protocol && { proto: protocol }),
      ...(accept.length > 0 && { accept }),
      ...(deny.length > 0 && { deny }),
    },
  ];
}
