import { createHash } from "node:crypto";

/** The longest expression that Cloudflare's Rulesets take, in characters. */
export const EXPRESSION_LIMIT = 4096;

/** One expression and the number under which it stays the same from one plan to the next. */
export interface HostExpression {
  readonly slot: number;
  readonly expression: string;
}

/**
 * Packs hostnames into few expressions of the form `http.host in {"a" "b"}`, none over the limit: a rule
 * per hostname would use up a zone's rules.
 *
 * Which slot a name goes to depends on that name alone, as long as the number of slots stays: another
 * hostname changes one expression and leaves the others to the letter. (Cut from one sorted list, each new
 * name would push others across every border behind it.) A slot is added about every hundred names, and
 * then each slot hands some names to the new one.
 *
 * @param hosts - in any order; one that stands twice counts once
 * @returns names sorted within each expression; none for no hosts, and never an empty set
 */
export function hostExpressions(hosts: readonly string[]): readonly HostExpression[] {
  const sorted = [...new Set(hosts)].sort();
  for (let slots = Math.ceil(render(sorted).length / EXPRESSION_LIMIT); ; slots += 1) {
    const expressions = distribute(sorted, slots).map(render);
    if (expressions.some(({ length }) => length > EXPRESSION_LIMIT)) continue;
    return expressions
      .map((expression, slot) => ({ slot, expression }))
      .filter(({ expression }) => expression !== render([]));
  }
}

function render(hosts: readonly string[]): string {
  return `http.host in {${hosts.map((host) => `"${host}"`).join(" ")}}`;
}

/** Rendezvous hashing: each name goes to the slot that scores highest for it. */
function distribute(hosts: readonly string[], count: number): readonly (readonly string[])[] {
  const slots = Array.from({ length: count }, (_, slot) => slot);
  const bySlot = Map.groupBy(hosts, (host) => {
    const scores = slots.map((slot) => score(host, slot));
    return scores.indexOf(Math.max(...scores));
  });
  return slots.map((slot) => bySlot.get(slot) ?? []);
}

function score(host: string, slot: number): number {
  return createHash("sha256").update(`${slot} ${host}`).digest().readUInt32BE();
}
