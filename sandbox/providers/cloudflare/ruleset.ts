import { z } from "zod";
import { apiCall, ApiError } from "../../world/api.ts";
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

/** Maximum number of rules per zone and phase (Cloudflare, "Origin Rules", "Configuration Rules", "Single Redirects"). */
const RULE_LIMITS: Readonly<Record<Plan, number>> = { free: 10, pro: 25, business: 50, enterprise: 300 };

/** The action of each phase (Cloudflare, "Phases list"). */
const ACTIONS: Readonly<Record<string, string>> = {
  http_request_origin: "route",
  http_config_settings: "set_config",
  http_request_dynamic_redirect: "redirect",
  http_request_late_transform: "rewrite",
};

/** In characters (Cloudflare, "Ruleset Engine", expressions). */
const MAX_EXPRESSION_LENGTH = 4096;

/** Rulesets by `<zone ID>/<ruleset ID>`. */
export function rulesets(world: World): Table<Ruleset> {
  return world.table("cloudflare.rulesets");
}

/**
 * A zone's ruleset, the entry point of a phase, with the limits of the zone's plan (Cloudflare API, "Rulesets";
 * terraform-provider-cloudflare, `cloudflare_ruleset`). The expression language is checked only for brackets.
 */
export function rulesetModel(world: World): ResourceModel<RulesetInputs> {
  return {
    inputs,
    replaces: ["kind", "name", "phase", "zoneId"],
    check: ({ kind, zoneId, phase }) => [
      ...(kind === "zone" && zoneId === undefined
        ? [{ property: "zoneId", reason: "required for kind zone but missing" }]
        : []),
      ...(phase in ACTIONS
        ? []
        : [{ property: "phase", reason: `the sandbox has no phase ${JSON.stringify(phase)}` }]),
    ],
    async create(wanted) {
      const create = () => {
        const zone = zoneById(world, wanted.zoneId ?? "");
        rejectSecondEntryPoint(world, zone, wanted.phase);
        const id = newId(world, "ruleset");
        const stored = storedRuleset(world, zone, wanted, []);
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
        return { id: rulesetId, inputs: { ...found, rules: found.rules.map(sentRule) }, outputs };
      };
      return await apiCall(world, "cloudflare GET /zones/{zone}/rulesets/{ruleset}", read, RETRIES);
    },
    async update(id, wanted) {
      const update = () => {
        const zone = zoneById(world, wanted.zoneId ?? "");
        const key = `${zone.id}/${id}`;
        const before = rulesets(world).get(key);
        if (before === undefined) throw new ApiError(404, "404 Not Found: 10000 could not find ruleset");
        const stored = storedRuleset(world, zone, wanted, before.rules);
        // The list is authoritative: it removes rules that others have added.
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

/** A zone has one entry point per phase (terraform-provider-cloudflare #1222). */
function rejectSecondEntryPoint(world: World, zone: Zone, phase: string): void {
  if (rulesets(world).find((other) => other.zoneId === zone.id && other.phase === phase)) {
    throw new ApiError(
      400,
      `400 Bad Request: 20217 exceeded maximum number of zone rulesets for phase ${phase}`,
    );
  }
}

/** The ruleset as the API stores it. A rule keeps its ID with its `ref`. @throws ApiError if the API refuses it */
function storedRuleset(world: World, zone: Zone, wanted: RulesetInputs, before: Ruleset["rules"]): Ruleset {
  const { phase, rules = [] } = wanted;
  const limit = RULE_LIMITS[zone.plan];
  if (rules.length > limit) {
    throw badRequest(
      `exceeded maximum number of rules in the phase ${phase}: ${rules.length} out of ${limit}`,
    );
  }
  for (const one of rules) validateRule(world, zone, phase, one);
  const refs = rules.flatMap(({ ref }) => ref ?? []);
  if (new Set(refs).size < refs.length) throw badRequest("two rules have the same ref");

  const ids = new Map(before.map(({ ref, id }) => [ref, id]));
  const stored = rules.map((one) => {
    const id = ids.get(one.ref ?? "") ?? newId(world, "rule");
    return { ...one, id, ref: one.ref ?? id };
  });
  return { ...wanted, zoneId: zone.id, rules: stored };
}

function validateRule(
  world: World,
  zone: Zone,
  phase: string,
  { action, expression, actionParameters }: Rule,
) {
  if (action !== ACTIONS[phase]) {
    throw badRequest(
      `'${action}' is not a valid value for action because it cannot be used in the phase ${phase}`,
    );
  }
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    throw badRequest(
      `filter expression is ${expression.length} characters long, and ${MAX_EXPRESSION_LENGTH} are allowed`,
    );
  }
  if (expression.trim() === "" || !isBalanced(expression)) {
    throw badRequest(`filter parsing error: ${expression}`);
  }
  if (action === "redirect") validateRedirect(actionParameters ?? {});
  const { sni, hostHeader, origin } = actionParameters ?? {};
  const overridesHost =
    hostHeader !== undefined || (origin as { host?: unknown } | undefined)?.host !== undefined;
  if ((sni !== undefined || overridesHost) && zone.plan !== "enterprise") {
    throw badRequest(
      `not entitled: SNI and host overrides need an Enterprise zone, and this one is on ${zone.plan}`,
    );
  }
  const value = (sni as { value?: string } | undefined)?.value;
  if (value !== undefined && zone.foreignSni === "refused" && !isOnAccount(world, zone.accountId, value)) {
    throw badRequest(`SNI override ${value} is not a hostname on this account`);
  }
}

const redirect = z.strictObject({
  fromValue: z.strictObject({
    statusCode: z.literal([301, 302, 303, 307, 308]).optional(),
    targetUrl: z.union([
      z.strictObject({ value: z.string().min(1) }),
      z.strictObject({ expression: z.string().min(1) }),
    ]),
    preserveQueryString: z.boolean().optional(),
  }),
});

/** A redirect needs one target, fixed or computed (Cloudflare, "Single Redirects: available settings"). */
function validateRedirect(actionParameters: Readonly<Record<string, unknown>>): void {
  const { success } = redirect.safeParse(actionParameters);
  if (!success) throw badRequest("invalid action parameters of the action redirect");
}

function isOnAccount(world: World, accountId: string, hostname: string): boolean {
  return zones(world)
    .values()
    .some((zone) => zone.accountId === accountId && `.${hostname}`.endsWith(`.${zone.name}`));
}

/** Whether all brackets outside quoted text match. A badly rendered list of hosts breaks this. */
function isBalanced(expression: string): boolean {
  const closers: string[] = [];
  const pairs: Readonly<Record<string, string>> = { "(": ")", "{": "}", "[": "]" };
  for (const character of expression.replaceAll(/"(?:\\.|[^"\\])*"/g, "")) {
    const closer = pairs[character];
    if (closer !== undefined) closers.push(closer);
    else if ('")}]'.includes(character) && closers.pop() !== character) return false;
  }
  return closers.length === 0;
}

/** The rule as it was sent: without the fields that the API added. */
function sentRule({ id, ref, ...rest }: Ruleset["rules"][number]): Rule {
  return ref === id ? rest : { ...rest, ref };
}

function badRequest(message: string): ApiError {
  return new ApiError(400, `400 Bad Request: ${message}`);
}
