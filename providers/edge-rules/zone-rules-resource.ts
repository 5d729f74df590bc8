import { setTimeout as elapsed } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { renderIssue } from "../../components/config-issue.ts";
import { keptState } from "../protocol/kept-state.ts";
import {
  type Change,
  type Failure,
  type LocalResource,
  PartlyCreated,
  type Props,
  type ResourceName,
} from "../protocol/local-resource.ts";
import { parseInputs } from "../protocol/parse-inputs.ts";
import { applyRules } from "./apply-rules.ts";
import { isUnknown, PERMISSIONS, type ZoneRulesInputs, zoneRulesInputs } from "./inputs.ts";
import { formerRefs, nameOf, ownerOf, refOf } from "./owner.ts";
import { type Call, plan, type Wanted } from "./planner.ts";
import { apiProblem, driftNote, overlapWarnings, type Place, refIssues } from "./report.ts";
import { Retries, type Wait } from "./retries.ts";
import { type EntryPoint, type Phase, type Rule, ruleOf, writtenRule, type WrittenRule } from "./rule.ts";
import type { RulesApi } from "./rules-api.ts";

/** The Cloudflare API with the credential of a stack. */
export type ApiOfStack = (stack: string) => Promise<RulesApi>;

type Request<Method extends keyof LocalResource> = Parameters<LocalResource[Method]>[0];

/**
 * The resource `edge-rules:index:ZoneRules`: the rules of a stack in one phase of one zone.
 *
 * A rule is the stack's if its `ref` begins with the stack's {@link ownerOf owner}. No other rule is ever changed,
 * moved or deleted, and neither is the entry point: others may add a rule to it at any time.
 *
 * Its ID, also for an import, is `<zone ID>/<phase>`. A stack has one per zone and phase.
 */
export class ZoneRulesResource implements LocalResource {
  readonly #apiOf: ApiOfStack;
  readonly #wait: Wait;
  /** The entry points that `check` has just read, so that the update need not read them again. */
  readonly #known = new Map<string, EntryPoint | undefined>();

  constructor(apiOf: ApiOfStack, wait: Wait = elapsed) {
    this.#apiOf = apiOf;
    this.#wait = wait;
  }

  async check({ resource, log, olds, news }: Request<"check">): Promise<readonly Failure[]> {
    const parsed = parseInputs(zoneRulesInputs, news);
    if ("failures" in parsed) return parsed.failures;
    const { inputs } = parsed;
    if (isUnknown(inputs.zoneId)) return [];
    const owner = ownerOf(resource);
    const live = await this.#read(resource, inputs);
    this.#known.set(keyOf(inputs), live);
    const rules = writtenRules(owner, inputs);
    for (const warning of overlapWarnings(inputs, live, rules, owns(owner, olds))) log.warn(warning);
    // A resource that is in the state may have been interrupted: its rules are whatever that update left.
    if (olds !== undefined) return [];
    return refIssues(owner, live, rules).map((issue) => ({ property: "rules", reason: renderIssue(issue) }));
  }

  diff({ resource, log, olds, news }: Request<"diff">): Promise<readonly Change[]> {
    const inputs = news as unknown as ZoneRulesInputs;
    const replacements = (["zoneId", "phase"] as const)
      .filter((path) => olds[path] !== inputs[path])
      .map((path): Change => ({ path, kind: "UPDATE_REPLACE", fromInputs: true }));
    if (replacements.length > 0) return Promise.resolve(replacements);
    const owner = ownerOf(resource);
    if (olds["owner"] !== owner)
      return Promise.resolve([{ path: "rules", kind: "UPDATE", fromInputs: true }]);
    const changes = ruleChanges(olds["rules"] as Props, inputs.rules);
    const isKnownChange = (path: string) =>
      changes.some((change) => `${change.path}.`.startsWith(`${path}.`));
    if (!this.#known.has(keyOf(inputs))) return Promise.resolve(changes);
    const drift = plan(this.#known.get(keyOf(inputs)), wantedOf(owner, inputs, olds)).flatMap((call) =>
      namesOf(owner, call).flatMap((name): readonly Change[] => {
        const path = `rules.${name}`;
        if (isKnownChange(path)) return [];
        log.warn(driftNote(call, name));
        return [{ path, kind: "UPDATE", fromInputs: false }];
      }),
    );
    return Promise.resolve([...changes, ...drift]);
  }

  async create({ resource, news }: Request<"create">): Promise<{ id: string; outputs: Props }> {
    const inputs = news as unknown as ZoneRulesInputs;
    const id = keyOf(inputs);
    const owner = ownerOf(resource);
    try {
      await this.#apply(resource, wantedOf(owner, inputs), inputs);
    } catch (error) {
      const api = await this.#apiOf(resource.stack);
      const live = await api.entryPoint(inputs.zoneId, inputs.phase).catch(() => undefined);
      const left = stateOf(owner, inputs, live);
      throw left === undefined ? error : new PartlyCreated((error as Error).message, id, left.outputs);
    }
    return { id, outputs: outputsOf(owner, inputs) };
  }

  async update({ resource, olds, news }: Request<"update">): Promise<Props> {
    const inputs = news as unknown as ZoneRulesInputs;
    await this.#apply(resource, wantedOf(ownerOf(resource), inputs, olds), inputs);
    return outputsOf(ownerOf(resource), inputs);
  }

  /** A refresh keeps the state as long as the zone has rules of the stack. */
  async read({ resource, id, olds }: Request<"read">) {
    const place = olds === undefined ? placeOf(id) : (olds as unknown as Place);
    // After a rename of the stack, its rules have the owner in the state until the next update.
    const owner = typeof olds?.["owner"] === "string" ? olds["owner"] : ownerOf(resource);
    const found = stateOf(owner, place, await this.#read(resource, place));
    if (found === undefined || olds === undefined) return found && { id, ...found };
    return keptState(id, olds, "owner");
  }

  async delete({ resource, olds }: Request<"delete">): Promise<void> {
    const place = olds as unknown as Place;
    const { phase } = place;
    await this.#apply(resource, { phase, rules: [], owns: owns(ownerOf(resource), olds) }, place);
  }

  async #apply(resource: ResourceName, wanted: Wanted, place: Place): Promise<void> {
    const key = keyOf(place);
    const known = this.#known.has(key) ? { live: this.#known.get(key) } : undefined;
    this.#known.delete(key);
    const api = await this.#apiOf(resource.stack);
    await applyRules({ api, zoneId: place.zoneId, wanted, known, wait: this.#wait }).catch(
      (error: unknown) => {
        throw apiProblem(place, error, "Write");
      },
    );
  }

  async #read(resource: ResourceName, place: Place): Promise<EntryPoint | undefined> {
    const api = await this.#apiOf(resource.stack);
    const read = () => api.entryPoint(place.zoneId, place.phase);
    return await new Retries(this.#wait).of(read).catch((error: unknown) => {
      throw apiProblem(place, error, "Read");
    });
  }
}

/** The stack's live rules as a resource's state; undefined if it has none. */
function stateOf(owner: string, { zoneId, phase }: Place, live: EntryPoint | undefined) {
  const rules = (live?.rules ?? []).flatMap((rule) => {
    const name = nameOf(owner, rule.ref);
    return name === undefined ? [] : [{ name, ...ruleOf(rule) }];
  });
  if (rules.length === 0) return undefined;
  const inputs = rules.map(({ name, ...rule }) => [name, withoutState(rule)] as const);
  const outputs = rules.map(
    ({ name, enabled, ...rule }) => [name, enabled ? rule : { ...rule, enabled }] as const,
  );
  return {
    inputs: { zoneId, phase, rules: Object.fromEntries(inputs) },
    outputs: { zoneId, phase, owner, rules: Object.fromEntries(outputs) },
  };
}

function outputsOf(owner: string, { zoneId, phase, rules }: ZoneRulesInputs): Props {
  return { zoneId, phase, owner, rules };
}

/** The fields that a program sets. */
function withoutState({ action, expression, actionParameters, description }: Rule): Rule {
  return { action, expression, actionParameters, description };
}

function keyOf({ zoneId, phase }: Place): string {
  return `${zoneId}/${phase}`;
}

/** The place in the ID of an import. */
function placeOf(id: string): Place {
  const [, zoneId, phase] = /^([^/]+)\/([^/]+)$/.exec(id) ?? [];
  if (zoneId !== undefined && phase !== undefined && phase in PERMISSIONS)
    return { zoneId, phase: phase as Phase };
  throw new Error(
    renderIssue({
      path: "ID of an edge-rules:index:ZoneRules",
      found: id,
      allowed: `<zone ID>/<phase>, with one of the phases ${Object.keys(PERMISSIONS).join(", ")}`,
      fix: "import the rules with such an ID",
    }),
  );
}

function writtenRules(owner: string, { rules }: ZoneRulesInputs): readonly WrittenRule[] {
  return Object.entries(rules).map(([name, rule]) => writtenRule(refOf(owner, name), rule));
}

function wantedOf(owner: string, inputs: ZoneRulesInputs, olds?: Props): Wanted {
  return { phase: inputs.phase, rules: writtenRules(owner, inputs), owns: owns(owner, olds) };
}

/** A stack's rules have its owner, the owner in the state before a rename of the stack, or a `ref` of a former version. */
function owns(owner: string, state: Props = {}): (ref: string) => boolean {
  const owners = [owner, ...(typeof state["owner"] === "string" ? [state["owner"]] : [])];
  const former = formerRefs(state);
  return (ref) => former.includes(ref) || owners.some((one) => nameOf(one, ref) !== undefined);
}

/** The fields of each rule in which the state differs from the program. */
function ruleChanges(olds: Props, news: ZoneRulesInputs["rules"]): readonly Change[] {
  const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
  return names.flatMap((name): readonly Change[] => {
    const path = `rules.${name}`;
    const before = olds[name] as Props | undefined;
    const after: Props | undefined = news[name] && { ...news[name] };
    if (before === undefined) return [{ path, kind: "ADD", fromInputs: true }];
    if (after === undefined) return [{ path, kind: "DELETE", fromInputs: true }];
    return [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((field) => !isDeepStrictEqual(before[field], after[field]))
      .map((field) => ({
        path: `${path}.${field}`,
        kind: field in after ? "UPDATE" : "DELETE",
        fromInputs: false,
      }));
  });
}

/** The names of the rules that a call is about. */
function namesOf(owner: string, call: Call): readonly string[] {
  const refs =
    call.kind === "create-entry-point"
      ? call.rules.map(({ ref }) => ref)
      : [call.kind === "delete-rule" ? call.ref : call.rule.ref];
  return refs.map((ref) => nameOf(owner, ref) ?? ref);
}
