import type { RecordedResource } from "../plan/recording/recording.ts";
import { overlapsOf } from "../providers/edge-rules/overlap.ts";
import { nameOf, ownerOf, refOf } from "../providers/edge-rules/owner.ts";
import {
  type LiveRule,
  type Rule,
  ruleOf,
  type WrittenRule,
  writtenRule,
} from "../providers/edge-rules/rule.ts";
import { differenceLine, differences } from "./differences.ts";
import { conflict, existing, type Finding, missing } from "./finding.ts";
import { importId } from "./import-ids.ts";

/** Where the rules are, and whose they are. */
export interface RulesOwner {
  readonly project: string;
  readonly stack: string;
  readonly zoneId: string;
  /** The zone's name. */
  readonly zone: string;
}

/**
 * Compares the stack's rules of one phase with the rules that the zone has in it. Rules of others are conflicts only if
 * they set the same field for the same host.
 */
export function compareZoneRules(
  resource: RecordedResource,
  { project, stack, zoneId, zone }: RulesOwner,
  live: readonly LiveRule[],
): Finding {
  const { phase, rules } = resource.inputs as {
    readonly phase: string;
    readonly rules: Readonly<Record<string, Rule>>;
  };
  const subject = `rules of ${zone}, phase ${phase}`;
  const owner = ownerOf({ project, stack });
  const wanted = Object.entries(rules).map(([name, rule]) => writtenRule(refOf(owner, name), rule));
  const foreigners = live.filter(({ ref }) => nameOf(owner, ref) === undefined);
  const overlaps = wanted.flatMap((rule) => overlapsOf(rule, foreigners));
  if (overlaps.length > 0) {
    const lines = overlaps.map(
      ({ foreign, field, host, matches }) =>
        `${JSON.stringify(foreign.description ?? foreign.id)} sets ${field} for ${matches === "yes" ? "" : "some requests to "}${host}`,
    );
    return conflict(
      resource,
      subject,
      `rules of others\n${[...new Set(lines)].join("\n")}`,
      "rules of others that set other fields, or match other hosts",
      "delete these rules after the first up, or remove the hosts from their expressions",
    );
  }
  const own = live.filter(({ ref }) => nameOf(owner, ref) !== undefined);
  if (own.length === 0) return missing(resource, subject);
  const changes = wanted.flatMap((rule): readonly string[] => {
    const found = own.find(({ ref }) => ref === rule.ref);
    if (found === undefined) return [`added: ${JSON.stringify(rule.description)}`];
    return changesOf(rule, found).map((change) => `${JSON.stringify(rule.description)}: ${change}`);
  });
  const removed = own.filter(({ ref }) => !wanted.some((rule) => rule.ref === ref));
  return existing(resource, subject, importId(resource.type, { "zone ID": zoneId, phase }), [
    ...changes,
    ...removed.map(({ description, id }) => `removed: ${JSON.stringify(description ?? id)}`),
  ]);
}

/** What the stack changes in a rule of its own: a rule is written as a whole, so the stack removes other fields. */
function changesOf(rule: WrittenRule, live: LiveRule): readonly string[] {
  const [wanted, found] = [ruleOf({ ...rule, id: live.id }), ruleOf(live)];
  return [
    ...differences(wanted, found).map(differenceLine),
    ...differences(found, wanted).flatMap((one) => (one.live === undefined ? [`${one.path}: removed`] : [])),
  ];
}
