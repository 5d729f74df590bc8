import { z } from "zod";
import { ApiError, apiCall } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import type { Found, ResourceModel } from "../resource-model.ts";
import { newId, type Plan, RETRIES, type Zone, zoneById, zones } from "./zones.ts";

const rule = z.strictObject({
  action: z.string(),
  expression: z.string(),
  actionParameters: z.record(z.string(), z.unknown()).optional(),
  description: z.string().optional(),
  enabled: z.boolean().optional(),
  ref: z.string().optional(),
  logging: z.record(z.string(), z.unknown()).optional(),
});

const inputs = z.strictObject({
  zoneId: z.string().optional(),
  accountId: z.string().optional(),
  kind: z.enum(["custom", "managed", "root", "zone"]),
  phase: z.string(),
  name: z.string(),
  description: z.string().optional(),
  rules: z.array(rule).optional(),
});

type Rule = z.infer<typeof rule>;
type RulesetInputs = z.infer<typeof inputs>;

export interface Ruleset extends Omit<RulesetInputs, "rules"> {
  readonly zoneId: string;
  readonly rules: readonly (Rule & { readonly id: string; readonly ref: string })[];
}

/** Rules that a zone may have in each of these phases (Cloudflare, Origin Rules and Configuration Rules). */
const RULE_LIMITS: Readonly<Record<Plan, number>> = { free: 10, pro: 25, business: 50, enterprise: 300 };

/** The one action that each phase takes (Cloudflare, "Phases list"). */
const ACTIONS: Readonly<Record<string, string>> = {
  http_request_origin: "route",
  http_config_settings: "set_config",
  http_request_late_transform: "rewrite",
};

/** The longest expression that the Ruleset Engine takes. */
const LONGEST_EXPRESSION = 4096;

/** Rulesets by `<zone ID>/<ruleset ID>`. */
export function rulesets(world: World): Table<Ruleset> {
  return world.table("cloudflare.rulesets");
}

export function rulesetModel(world: World): ResourceModel<RulesetInputs> {
  return {
    inputs,
    replaces: ["kind", "name", "phase", "zoneId"],
    check: ({ kind, zoneId, phase }) => [
      ...(kind === "zone" && zoneId === undefined
        ? [{ property: "zoneId", reason: "required for kind zone, and missing" }]
        : []),
      ...(phase in ACTIONS
        ? []
        : [{ property: "phase", reason: `the sandbox has no phase ${JSON.stringify(phase)}` }]),
    ],
    async create(wanted) {
      const create = () => {
        const zone = zoneById(world, wanted.zoneId ?? "");
        refuseSecondEntryPoint(world, zone, wanted.phase);
        const id = newId(world, "ruleset");
        const stored = accepted(world, zone, wanted, []);
        rulesets(world).set(`${zone.id}/${id}`, stored);
        return { id, outputs: { rules: stored.rules, version: "1" } };
      };
      return await apiCall(world, "cloudflare POST /zones/{zone}/rulesets", create, RETRIES);
    },
    async read(id, known) {
      const read = (): Found | undefined => {
        // An import names the ruleset as zones/<zone ID>/<ruleset ID>.
        const [rulesetId = id, zoneId = String(known.inputs["zoneId"])] = id.split("/").reverse();
        const found = rulesets(world).get(`${zoneId}/${rulesetId}`);
        if (found === undefined) return undefined;
        const outputs = { rules: found.rules, version: "1" };
        return { id: rulesetId, inputs: { ...found, rules: found.rules.map(given) }, outputs };
      };
      return await apiCall(world, "cloudflare GET /zones/{zone}/rulesets/{ruleset}", read, RETRIES);
    },
    async update(id, wanted) {
      const update = () => {
        const zone = zoneById(world, wanted.zoneId ?? "");
        const key = `${zone.id}/${id}`;
        const before = rulesets(world).get(key);
        if (before === undefined) throw new ApiError(404, "404 Not Found: 10000 could not find ruleset");
        const stored = accepted(world, zone, wanted, before.rules);
        // The list is authoritative: rules that somebody else added are gone.
        rulesets(world).set(key, stored);
        return { rules: stored.rules, version: "1" };
      };
      return await apiCall(world, "cloudflare PUT /zones/{zone}/rulesets/{ruleset}", update, RETRIES);
    },
    async delete(id, { inputs: { zoneId } }) {
      const remove = () => {
        rulesets(world).delete(`${String(zoneId)}/${id}`);
      };
      await apiCall(world, "cloudflare DELETE /zones/{zone}/rulesets/{ruleset}", remove, RETRIES);
    },
  };
}

/** A zone has one entry point for each phase (terraform-provider-cloudflare #1222). */
function refuseSecondEntryPoint(world: World, zone: Zone, phase: string): void {
  if (rulesets(world).find((other) => other.zoneId === zone.id && other.phase === phase)) {
    throw new ApiError(
      400,
      `400 Bad Request: 20217 exceeded maximum number of zone rulesets for phase ${phase}`,
    );
  }
}

/** The ruleset as the API keeps it, if it takes it. A rule with the `ref` of an earlier one keeps its ID. */
function accepted(world: World, zone: Zone, wanted: RulesetInputs, before: Ruleset["rules"]): Ruleset {
  const { phase, rules = [] } = wanted;
  const limit = RULE_LIMITS[zone.plan];
  if (rules.length > limit) {
    throw refused(`exceeded maximum number of rules in the phase ${phase}: ${rules.length} out of ${limit}`);
  }
  for (const one of rules) acceptRule(world, zone, phase, one);
  const refs = rules.flatMap(({ ref }) => ref ?? []);
  if (new Set(refs).size < refs.length) throw refused("two rules have the same ref");

  const ids = new Map(before.map(({ ref, id }) => [ref, id]));
  const stored = rules.map((one) => {
    const id = ids.get(one.ref ?? "") ?? newId(world, "rule");
    return { ...one, id, ref: one.ref ?? id };
  });
  return { ...wanted, zoneId: zone.id, rules: stored };
}

function acceptRule(world: World, zone: Zone, phase: string, { action, expression, actionParameters }: Rule) {
  if (action !== ACTIONS[phase]) {
    throw refused(
      `'${action}' is not a valid value for action because it cannot be used in the phase ${phase}`,
    );
  }
  if (expression.length > LONGEST_EXPRESSION) {
    throw refused(
      `filter expression is ${expression.length} characters long, and ${LONGEST_EXPRESSION} are allowed`,
    );
  }
  if (expression.trim() === "" || !balanced(expression)) {
    throw refused(`filter parsing error: ${expression}`);
  }
  const { sni, hostHeader, origin } = actionParameters ?? {};
  const overridesHost =
    hostHeader !== undefined || (origin as { host?: unknown } | undefined)?.host !== undefined;
  if ((sni !== undefined || overridesHost) && zone.plan !== "enterprise") {
    throw refused(
      `not entitled: SNI and host overrides need an Enterprise zone, and this one is on ${zone.plan}`,
    );
  }
  const value = (sni as { value?: string } | undefined)?.value;
  if (value !== undefined && zone.foreignSni === "refused" && !onAccount(world, zone.accountId, value)) {
    throw refused(`SNI override ${value} is not a hostname on this account`);
  }
}

function onAccount(world: World, accountId: string, hostname: string): boolean {
  return zones(world)
    .values()
    .some((zone) => zone.accountId === accountId && `.${hostname}`.endsWith(`.${zone.name}`));
}

/** Brackets that match, outside of quoted text: what a broken list of hosts gets wrong. */
function balanced(expression: string): boolean {
  const closers: string[] = [];
  const pairs: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };
  for (const character of expression.replaceAll(/"(?:\\.|[^"\\])*"/g, "")) {
    const closer = pairs[character];
    if (closer !== undefined) closers.push(closer);
    else if ('")}]'.includes(character) && closers.pop() !== character) return false;
  }
  return closers.length === 0;
}

/** A rule as it was sent: without what the API added. */
function given({ id, ref, ...rest }: Ruleset["rules"][number]): Rule {
  return ref === id ? rest : { ...rest, ref };
}

function refused(message: string): ApiError {
  return new ApiError(400, `400 Bad Request: ${message}`);
}
