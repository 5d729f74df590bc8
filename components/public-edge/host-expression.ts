import { createHash } from "node:crypto";

/** The longest expression that Cloudflare's Rulesets accept, in characters. */
export const EXPRESSION_LIMIT = 4096;

/** One expression, and the number that identifies it from one update to the next. */
export interface HostExpression {
  readonly slot: number;
  readonly expression: string;
}

/**
 * Packs hostnames into few expressions of the form `http.host in {"a" "b"}`, each within the limit. One rule
 * per hostname would exceed a zone's quota.
 *
 * While the number of slots stays the same, a name's slot depends on that name alone: another hostname changes
 * one expression and no other. (If one sorted list were cut into pieces, a new name would push others across
 * every border after it.) About every hundred names a slot is added, and each slot gives some names to it.
 *
 * @param hosts - in any order; duplicates count once
 * @param condition - what else must be true in each expression, such as `not ssl`
 * @returns expressions with sorted names, none of them empty; no expressions for no hosts
 */
export function hostExpressions(hosts: readonly string[], condition?: string): readonly HostExpression[] {
  const prefix = condition === undefined ? "" : `${condition} and `;
  const sorted = [...new Set(hosts)].sort();
  let placed = sorted.map((host) => ({ host, slot: 0, score: score(host, 0) }));
  for (let slots = 1; ; slots += 1) {
    const bySlot = Map.groupBy(placed, ({ slot }) => slot);
    const expressions = [...bySlot]
      .map(([slot, members]) => ({ slot, expression: prefix + render(members.map(({ host }) => host)) }))
      .sort((a, b) => a.slot - b.slot);
    if (expressions.every(({ expression }) => expression.length <= EXPRESSION_LIMIT)) return expressions;
    // Rendezvous hashing: a name moves to the new slot if that slot has the highest score for the name.
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
