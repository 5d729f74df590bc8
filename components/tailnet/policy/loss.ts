import { isDeepStrictEqual } from "node:util";
import { lostAccess } from "./access-loss.ts";
import type { PolicyDocument, PolicyFile } from "./document.ts";
import { oneLine } from "./hujson.ts";

/**
 * What a policy loses when another one replaces it, a line for each entry: `ssh: {"action": "check", …}`.
 *
 * Sections that only allow (rules, owners, attributes) lose what the other policy does not allow. A section with
 * settings or definitions, such as `hosts` or `postures`, loses every entry that differs.
 */
export function lostEntries(before: PolicyFile, after: PolicyFile): readonly string[] {
  const [lost, kept] = [before.document, after.document];
  return [
    ...lostAccess(lost, kept),
    ...lostMembers("groups", lost.groups, kept.groups),
    ...lostMembers("tagOwners", lost.tagOwners, kept.tagOwners),
    ...lostAttributes(lost, kept),
    ...lostApprovers(lost, kept),
    ...["ssh", "tests", "sshTests"].flatMap((section) =>
      lostItems(section, sectionOf(lost, section), sectionOf(kept, section)),
    ),
    ...lostSettings(lost, kept),
  ];
}

type Sections = Readonly<Record<string, unknown>>;
type Members = Readonly<Record<string, readonly string[]>>;

const COMPARED_ABOVE = [
  "acls",
  "grants",
  "groups",
  "tagowners",
  "nodeattrs",
  "autoapprovers",
  "ssh",
  "tests",
  "sshtests",
];

/** A section under any spelling: Tailscale reads keys without regard to case. */
function sectionOf(document: Sections, name: string): unknown {
  return Object.entries(document).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function lostMembers(section: string, before: Members, after: Members): readonly string[] {
  return Object.entries(before).flatMap(([name, members]) => {
    const kept = after[name];
    if (kept === undefined) return [`${section}: ${name}: ${oneLine(members)}`];
    const lost = members.filter((member) => !kept.includes(member));
    return lost.length === 0 ? [] : [`${section}: ${name}: ${oneLine(lost)}`];
  });
}

function lostAttributes({ nodeAttrs: before }: PolicyDocument, { nodeAttrs: after }: PolicyDocument) {
  return before.flatMap((entry) => {
    const others = otherFields(entry);
    const same = after.filter((kept) => isDeepStrictEqual(otherFields(kept), others));
    return entry.target.flatMap((device) => {
      const reaching = same.filter(({ target }) => target.includes(device) || target.includes("*"));
      const lost = entry.attr.filter((name) => !reaching.some(({ attr }) => attr.includes(name)));
      const othersLost = Object.keys(others).length > 0 && reaching.length === 0 ? [oneLine(others)] : [];
      return [...lost, ...othersLost].map((text) => `nodeAttrs: ${device}: ${text}`);
    });
  });
}

function otherFields(entry: Sections): Sections {
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== "target" && key !== "attr"));
}

function lostApprovers(
  { autoApprovers: before = {} }: PolicyDocument,
  { autoApprovers: after = {} }: PolicyDocument,
) {
  return Object.entries(before).flatMap(([kind, approvers]) => {
    const section = `autoApprovers.${kind}`;
    const kept = sectionOf(after, kind);
    return Array.isArray(approvers)
      ? lostItems(section, approvers, kept)
      : lostMembers(section, approvers as Members, (kept ?? {}) as Members);
  });
}

function lostItems(section: string, before: unknown = [], after: unknown = []): readonly string[] {
  const kept = after as readonly unknown[];
  return (before as readonly unknown[])
    .filter((item) => !kept.some((other) => isDeepStrictEqual(item, other)))
    .map((item) => `${section}: ${typeof item === "string" ? item : oneLine(item)}`);
}

function lostSettings(before: Sections, after: Sections): readonly string[] {
  const compared = Object.entries(before).filter(([name]) => !COMPARED_ABOVE.includes(name.toLowerCase()));
  const posture = sectionOf(after, "defaultSrcPosture");
  return [
    ...compared.flatMap(([name, value]) => {
      const other = sectionOf(after, name);
      if (!isRecord(value) || !isRecord(other ?? {})) return difference(name, value, other);
      return Object.entries(value).flatMap(([key, entry]) =>
        difference(`${name}: ${key}`, entry, (other as Sections | undefined)?.[key]),
      );
    }),
    // A posture for all rules takes access away where there was none before.
    ...(sectionOf(before, "defaultSrcPosture") === undefined
      ? difference("defaultSrcPosture", undefined, posture)
      : []),
  ];
}

function difference(path: string, before: unknown, after: unknown): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const text = before === undefined ? "nothing" : oneLine(before);
  return [`${path}: ${text}${after === undefined ? "" : ` becomes ${oneLine(after)}`}`];
}

function isRecord(value: unknown): value is Sections {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
