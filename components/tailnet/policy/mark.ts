import { createHash } from "node:crypto";

/** The comment line by which a stack recognises a policy that it wrote itself. */
const MARK = /^\/\/ Written by tailnet-edge stack ([\w.-]+), checksum (sha256:[0-9a-f]{16})\b.*(?:\r?\n|$)/gm;

/** Who wrote a policy, and whether the text is still as written. */
export interface PolicyMark {
  readonly stack: string;
  readonly isIntact: boolean;
}

/**
 * Puts the writer's mark on top of a policy: the stack's name and a checksum of the rest.
 *
 * @param replaced - checksum of the policy whose loss the user has accepted. It is part of the text, so that
 * the provider sees a change and writes even where its state has this policy already.
 */
export function markPolicy(text: string, stack: string, replaced?: string): string {
  const body = withoutMark(text);
  const replacing = replaced === undefined ? "" : `, replacing ${replaced}`;
  const writer = `// Written by tailnet-edge stack ${stack}, checksum ${checksum(body)}${replacing}.`;
  return `${writer} Edit the stack's base policy, not this text.\n${body}`;
}

/** Reads the mark; undefined for a policy that no stack of this program wrote. */
export function readMark(text: string): PolicyMark | undefined {
  const [first, ...others] = text.matchAll(MARK);
  const [, stack, sum] = first ?? [];
  if (stack === undefined || sum === undefined) return undefined;
  return { stack, isIntact: others.length === 0 && sum === checksum(withoutMark(text)) };
}

export function withoutMark(text: string): string {
  return text.replaceAll(MARK, "");
}

/** Identifies a policy's text, whatever its white space. The prefix keeps YAML from reading it as a number. */
export function checksum(text: string): string {
  return `sha256:${createHash("sha256").update(squeezed(text)).digest("hex").slice(0, 16)}`;
}

/** Compares two policies as the provider does, without white space, and without their marks. */
export function isSamePolicy(one: string, other: string): boolean {
  return squeezed(withoutMark(one)) === squeezed(withoutMark(other));
}

function squeezed(text: string): string {
  return text.replaceAll(/\s/g, "");
}
