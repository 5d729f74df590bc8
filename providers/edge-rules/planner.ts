import { isFirstMatchPhase, overlapsOf } from "./overlap.ts";
import { differences, type EntryPoint, type LiveRule, type Phase, type WrittenRule } from "./rule.ts";

/** Where a rule goes: next to the rule with that ID. Without a position, a new rule goes to the end. */
export type Position = { readonly before: string } | { readonly after: string };

/** One call of Cloudflare's API. */
export type Call =
  | { readonly kind: "create-entry-point"; readonly rules: readonly WrittenRule[] }
  | { readonly kind: "create-rule"; readonly rule: WrittenRule; readonly position?: Position }
  | {
      readonly kind: "update-rule";
      readonly id: string;
      readonly rule: WrittenRule;
      /** The fields that differ; none for a rule that only moves. */
      readonly fields: readonly string[];
      readonly position?: Position;
    }
  | { readonly kind: "delete-rule"; readonly id: string; readonly ref: string };

/** What a stack's rules of one phase shall be. */
export interface Wanted {
  readonly phase: Phase;
  readonly rules: readonly WrittenRule[];
  /** Whether a rule is the stack's, by its `ref`. */
  readonly owns: (ref: string) => boolean;
}

/**
 * The calls that make a stack's rules what they shall be. No call names a rule of somebody else, other than to place
 * one of the stack's next to it.
 *
 * New rules come first, and deletions last: a hostname that moves from one rule to another is in one of them after
 * every call.
 *
 * @param live - undefined if the phase has no entry point
 */
export function plan(live: EntryPoint | undefined, { phase, rules, owns }: Wanted): readonly Call[] {
  if (live === undefined) return rules.length > 0 ? [{ kind: "create-entry-point", rules }] : [];
  const refs = new Set(rules.map(({ ref }) => ref));
  const foreigners = live.rules.filter(({ ref }) => !owns(ref) && !refs.has(ref));
  const creations: Call[] = [];
  const updates: Call[] = [];
  for (const rule of rules) {
    const found = live.rules.find(({ ref }) => ref === rule.ref);
    const obstacles = obstaclesTo(phase, rule, foreigners, found && live.rules.indexOf(found), live.rules);
    const position = positionPast(phase, obstacles);
    if (found === undefined) {
      creations.push({ kind: "create-rule", rule, ...position });
      continue;
    }
    const fields = differences(found, rule);
    if (fields.length > 0 || obstacles.length > 0) {
      updates.push({ kind: "update-rule", id: found.id, rule, fields, ...position });
    }
  }
  const deletions = live.rules
    .filter(({ ref }) => owns(ref) && !refs.has(ref))
    .map(({ id, ref }): Call => ({ kind: "delete-rule", id, ref }));
  return [...creations, ...updates, ...deletions];
}

/**
 * The rules of others that override one of the stack's for a host, where it is now.
 *
 * @param index - of the stack's rule; undefined for a new one, which goes to the end
 */
function obstaclesTo(
  phase: Phase,
  rule: WrittenRule,
  foreigners: readonly LiveRule[],
  index: number | undefined,
  all: readonly LiveRule[],
): readonly LiveRule[] {
  const own = index ?? all.length;
  const overriding = foreigners.filter((foreign) =>
    isFirstMatchPhase(phase) ? all.indexOf(foreign) < own : all.indexOf(foreign) > own,
  );
  return overlapsOf(rule, overriding)
    .filter(({ matches }) => matches === "yes")
    .map(({ foreign }) => foreign);
}

function positionPast(phase: Phase, obstacles: readonly LiveRule[]): { readonly position?: Position } {
  const [first] = obstacles;
  const last = obstacles.at(-1);
  if (first === undefined || last === undefined) return {};
  return { position: isFirstMatchPhase(phase) ? { before: first.id } : { after: last.id } };
}
