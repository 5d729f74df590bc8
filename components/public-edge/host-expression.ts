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
  let placed = sorted.map((host) => ({ host, slot: 0, score: score(host, 0) }));
  for (let slots = 1; ; slots += 1) {
    const bySlot = Map.groupBy(placed, ({ slot }) => slot);
    const expressions = [...bySlot]
      .map(([slot, members]) => ({ slot, expression: render(members.map(({ host }) => host)) }))
      .sort((a, b) => a.slot - b.slot);
    if (expressions.every(({ expression }) => expression.length <= EXPRESSION_LIMIT)) return expressions;
    // Rendezvous hashing: a name moves to the new slot if that scores highest of all for it.
    placed = placed.map((kept) => {
      const rival = score(kept.host, slots);
      return rival > kept.score ? { host: kept.host, slot: slots, score: rival } : kept;
    });
  }
}

function render(hosts: readonly string[]): string {
  return `http.host in {${hosts.map((host) => `"${host}"`).join(" ")}}`;
}

function score(host: string, slot: number): number {
  return createHash("sha256").update(`${slot} ${host}`).digest().readUInt32BE();
}
