import { createHash } from "node:crypto";

/** A stack of a project. */
interface StackName {
  readonly project: string;
  readonly stack: string;
}

/**
 * The start of the `ref` of every rule that a stack owns: `tailnet_edge_ozilab5d41402a`. It has the stack's name for
 * people, and a checksum, so that it is unique and never the start of another stack's.
 *
 * A renamed stack has another owner: each of its rules is created again, then the old one is deleted.
 */
export function ownerOf({ project, stack }: StackName): string {
  const readable = stack
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, 24);
  const checksum = createHash("sha256").update(`${project}/${stack}`).digest("hex").slice(0, 8);
  return `tailnet_edge_${readable}${checksum}`;
}

/** The `ref` of an owner's rule. */
export function refOf(owner: string, name: string): string {
  return `${owner}_${name}`;
}

/** The name of an owner's rule; undefined for a rule of somebody else. */
export function nameOf(owner: string, ref: string): string | undefined {
  return ref.startsWith(`${owner}_`) ? ref.slice(owner.length + 1) : undefined;
}

/** The name of a rule of any stack, for readers that do not know the owner; undefined for a rule of somebody else. */
export function nameOfAnyOwner(ref: string): string | undefined {
  return /^tailnet_edge_[a-z0-9]+_(.+)$/.exec(ref)?.[1];
}

/** The `ref`s of versions that owned a phase's whole entry point: the same in every stack. */
const FORMER_REF = /^tailnet_edge_(?:sni|strict_tls|https)_\d+$/;

/** The `ref`s of the stack's rules in the state of a `cloudflare.Ruleset`, with which such a version owned them. */
export function formerRefs(state: Readonly<Record<string, unknown>>): readonly string[] {
  const { rules } = state;
  if (!Array.isArray(rules)) return [];
  return (rules as readonly { readonly ref?: unknown }[]).flatMap(({ ref }) =>
    typeof ref === "string" && FORMER_REF.test(ref) ? [ref] : [],
  );
}
