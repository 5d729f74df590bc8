import { z } from "zod";
import { ApiError } from "../../world/api.ts";
import type { Table } from "../../world/table.ts";
import type { World } from "../../world/world.ts";
import { newId, type Plan, type Zone, zones } from "./zones.ts";

/** A rule as it is sent to the API. Below `actionParameters`, keys are the API's: `from_value`. */
export interface SentRule {
  readonly action: string;
  readonly expression: string;
  readonly actionParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly ref?: string | undefined;
  readonly logging?: Readonly<Record<string, unknown>> | undefined;
}

export type StoredRule = SentRule & { readonly id: string; readonly ref: string };

/** The entry point of a phase in a zone. */
export interface Ruleset {
  readonly id: string;
  readonly zoneId: string;
  readonly kind: string;
  readonly phase: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Grows by one with each change (Cloudflare, "Ruleset Engine: rulesets"). */
  readonly version: number;
  readonly rules: readonly StoredRule[];
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

/** Whether the sandbox knows a phase. */
export function isPhase(phase: string): boolean {
  return phase in ACTIONS;
}

/** The entry point of a phase in a zone. */
export function entryPointOf(world: World, zoneId: string, phase: string): Ruleset | undefined {
  return rulesets(world).find((ruleset) => ruleset.zoneId === zoneId && ruleset.phase === phase);
}

/** @throws ApiError 404 if the zone has no such ruleset */
export function rulesetById(world: World, zoneId: string, id: string): Ruleset {
  const found = rulesets(world).get(`${zoneId}/${id}`);
  if (found === undefined) throw new ApiError(404, "404 Not Found: 10000 could not find ruleset");
  return found;
}

/** Creates an entry point. @throws ApiError if the phase has one, or the API refuses a rule */
export function createRuleset(
  world: World,
  zone: Zone,
  {
    rules,
    ...sent
  }: Omit<Ruleset, "id" | "rules" | "version" | "zoneId"> & { readonly rules: readonly SentRule[] },
): Ruleset {
  rejectSecondEntryPoint(world, zone, sent.phase);
  const id = newId(world, "ruleset");
  return store(world, zone, { ...sent, id, zoneId: zone.id, version: 0, rules: [] }, rules);
}

/**
 * Stores a new version of an entry point. A rule keeps its ID with its `ref`.
 *
 * @param rules - all rules, in their order. The list is authoritative: it removes every other rule
 * @throws ApiError if the API refuses it
 */
export function store(world: World, zone: Zone, before: Ruleset, rules: readonly SentRule[]): Ruleset {
  const { phase } = before;
  const limit = RULE_LIMITS[zone.plan];
  if (rules.length > limit) {
    throw badRequest(
      `exceeded maximum number of rules in the phase ${phase}: ${rules.length} out of ${limit}`,
    );
  }
  // Only what is sent anew is validated: a rule that others stored stays, whatever it is.
  for (const one of rules)
    if (!before.rules.includes(one as StoredRule)) validateRule(world, zone, phase, one);
  const refs = rules.flatMap(({ ref }) => ref ?? []);
  if (new Set(refs).size < refs.length) throw badRequest("two rules have the same ref");

  const ids = new Map(before.rules.map(({ ref, id }) => [ref, id]));
  const stored = rules.map((one) => {
    const id = (one as Partial<StoredRule>).id ?? ids.get(one.ref ?? "") ?? newId(world, "rule");
    return { ...one, id, ref: one.ref ?? id };
  });
  const after = { ...before, version: before.version + 1, rules: stored };
  rulesets(world).set(`${zone.id}/${before.id}`, after);
  return after;
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

function validateRule(
  world: World,
  zone: Zone,
  phase: string,
  { action, expression, actionParameters }: SentRule,
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
  if (action === "rewrite") validateRewrite(actionParameters ?? {});
  const { sni, host_header: hostHeader, origin } = actionParameters ?? {};
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
  from_value: z.strictObject({
    status_code: z.literal([301, 302, 303, 307, 308]).optional(),
    target_url: z.union([
      z.strictObject({ value: z.string().min(1) }),
      z.strictObject({ expression: z.string().min(1) }),
    ]),
    preserve_query_string: z.boolean().optional(),
  }),
});

/** A redirect needs one target, fixed or computed (Cloudflare, "Single Redirects: available settings"). */
function validateRedirect(actionParameters: Readonly<Record<string, unknown>>): void {
  const { success } = redirect.safeParse(actionParameters);
  if (!success) throw badRequest("invalid action parameters of the action redirect");
}

const rewrite = z.looseObject({
  headers: z
    .record(
      // Cloudflare's own request headers cannot be changed.
      z.string().regex(/^(?!cf-|x-cf-)[a-z0-9_-]+$/i),
      z.union([
        z.strictObject({ operation: z.literal("remove") }),
        z.strictObject({ operation: z.enum(["add", "set"]), value: z.string().min(1) }),
        z.strictObject({ operation: z.enum(["add", "set"]), expression: z.string().min(1) }),
      ]),
    )
    .optional(),
});

/** Each header is set or removed (Cloudflare, "HTTP request header modification: available settings"). */
function validateRewrite(actionParameters: Readonly<Record<string, unknown>>): void {
  const { success } = rewrite.safeParse(actionParameters);
  if (!success) throw badRequest("invalid action parameters of the action rewrite");
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

function badRequest(message: string): ApiError {
  return new ApiError(400, `400 Bad Request: ${message}`);
}
