import { z } from "zod";
import type { ConfigIssue } from "../../config-issue.ts";
import { parseHuJson } from "./hujson.ts";

const selectors = z.array(z.string());

/** The parts of a policy file that the program reads. Everything else passes through unread. */
const documentSchema = z.looseObject({
  groups: z.record(z.string(), selectors).default({}),
  tagOwners: z.record(z.string(), selectors).default({}),
  acls: z
    .array(
      z.looseObject({
        action: z.string(),
        proto: z.string().optional(),
        src: selectors.optional(),
        dst: selectors.optional(),
        srcPosture: selectors.optional(),
        // The older names of src and dst, which Tailscale still accepts.
        users: selectors.optional(),
        ports: selectors.optional(),
      }),
    )
    .default([]),
  grants: z
    .array(
      z.looseObject({
        src: selectors,
        dst: selectors,
        ip: selectors.default([]),
        srcPosture: selectors.optional(),
        via: selectors.optional(),
      }),
    )
    .default([]),
  autoApprovers: z.looseObject({ services: z.record(z.string(), selectors).optional() }).optional(),
  nodeAttrs: z.array(z.looseObject({ target: selectors, attr: selectors.default([]) })).default([]),
  tests: z
    .array(
      z.looseObject({
        src: z.string().optional(),
        proto: z.string().optional(),
        accept: selectors.default([]),
        deny: selectors.default([]),
        // The older names of src and accept.
        user: z.string().optional(),
        allow: selectors.optional(),
      }),
    )
    .default([]),
});

export type PolicyDocument = z.infer<typeof documentSchema>;

const SECTIONS = Object.keys(documentSchema.shape);

/** A policy file as its author wrote it, and the parts that the program reads. */
export interface PolicyFile {
  /** Where it was read from, for messages: a path, or "the live policy". */
  readonly source: string;
  readonly text: string;
  readonly document: PolicyDocument;
  /** By section, how this file spells its key: to Tailscale `ACLs` and `acls` are the same. */
  readonly spelling: ReadonlyMap<string, string>;
}

/**
 * Parses a policy file.
 *
 * @returns the file, or every issue in it: syntax, duplicate keys, sections of a wrong type
 */
export function parsePolicyFile(
  text: string,
  source: string,
): { file: PolicyFile; issues: readonly [] } | { file: undefined; issues: readonly ConfigIssue[] } {
  const { value, issues: syntaxIssues } = parseHuJson(text, source);
  if (syntaxIssues.length > 0) return { file: undefined, issues: syntaxIssues };

  const duplicates = duplicateSectionIssues(value, source);
  if (duplicates.length > 0) return { file: undefined, issues: duplicates };
  const spelling = new Map(Object.keys(value ?? {}).map((key) => [canonical(key), key]));
  const parsed = documentSchema.safeParse(
    isObject(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [canonical(k), v])) : value,
  );
  if (parsed.success) return { file: { source, text, document: parsed.data, spelling }, issues: [] };
  const issues = parsed.error.issues.map((issue) => ({
    path: issue.path.length === 0 ? source : `${source}: ${z.core.toDotPath(issue.path)}`,
    found: issue.message.replace(/^.*received /, ""),
    allowed: `what Tailscale's policy syntax allows there: ${issue.code === "invalid_type" ? issue.expected : issue.code}`,
    fix: "fix this entry; the policy was not uploaded",
  }));
  return { file: undefined, issues };
}

/** Finds sections that are in the file twice. JSON readers silently keep the last one, and half of the rules are lost. */
function duplicateSectionIssues(value: unknown, source: string): readonly ConfigIssue[] {
  const keys = Object.keys(value ?? {});
  return keys.flatMap((key, index): ConfigIssue[] => {
    const earlier = keys.slice(0, index).find((other) => canonical(other) === canonical(key));
    if (earlier === undefined) return [];
    return [
      {
        path: `${source}: ${key}`,
        found: `a second section ${earlier}, spelled differently`,
        allowed: "each section once: Tailscale ignores the case of their names",
        fix: "merge the two sections into one",
      },
    ];
  });
}

function canonical(key: string): string {
  return SECTIONS.find((section) => section.toLowerCase() === key.toLowerCase()) ?? key;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
