import { isFirstMatchPhase, mayMatchHostOf, overlapsOf } from "./overlap.ts";
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

type Change = Extract<Call, { readonly kind: "create-rule" | "update-rule" }>;

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
 * New rules come first. A rule is deleted when no later call creates or changes a rule of its hostnames: a hostname that
 * moves from a deleted rule is in a rule after every call. No rule stays longer than that, so that a phase that is
 * nearly full has room for the next one.
 *
 * @param live - undefined if the phase has no entry point
 */
export function plan(live: EntryPoint | undefined, { phase, rules, owns }: Wanted): readonly Call[] {
  if (live === undefined) return rules.length > 0 ? [{ kind: "create-entry-point", rules }] : [];
  const refs = new Set(rules.map(({ ref }) => ref));
  const foreigners = live.rules.filter(({ ref }) => !owns(ref) && !refs.has(ref));
  const creations: Change[] = [];
  const updates: Change[] = [];
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
  const obsolete = live.rules.filter(({ ref }) => owns(ref) && !refs.has(ref));
  return withDeletions([...creations, ...updates], obsolete);
}

/** The changes, each followed by the deletions that waited for it. */
function withDeletions(changes: readonly Change[], obsolete: readonly LiveRule[]): readonly Call[] {
  const deletions = Map.groupBy(obsolete, (rule) =>
    changes.findLastIndex((change) => mayMatchHostOf(rule, change.rule)),
  );
  const deletionsAfter = (index: number) =>
    (deletions.get(index) ?? []).map(({ id, ref }): Call => ({ kind: "delete-rule", id, ref }));
  return [...deletionsAfter(-1), ...changes.flatMap((change, index) => [change, ...deletionsAfter(index)])];
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
