import { z } from "zod";
import {
  createRuleset,
  entryPointOf,
  type Ruleset,
  rulesetById,
  rulesets,
  type SentRule,
  store,
  type StoredRule,
} from "../providers/cloudflare/entry-points.ts";
import { zoneById } from "../providers/cloudflare/zones.ts";
import { apiCall, ApiError } from "../world/api.ts";
import type { World } from "../world/world.ts";
import type { ApiHandler } from "./api.ts";
import { envelope } from "./cloudflare-envelope.ts";
import { routes } from "./routes.ts";

const rule = z.strictObject({
  action: z.string(),
  expression: z.string(),
  action_parameters: z.record(z.string(), z.unknown()).optional(),
  description: z.string().optional(),
  enabled: z.boolean().optional(),
  ref: z.string().min(1).optional(),
});

/** Where a rule goes: before or after another one, or at an index from 1. An empty ID is the start or the end. */
const position = z.union([
  z.strictObject({ before: z.string() }),
  z.strictObject({ after: z.string() }),
  z.strictObject({ index: z.int().min(1) }),
]);

const placedRule = rule.extend({ position: position.optional() });
const changedRule = placedRule.partial();
const ruleset = z.strictObject({
  kind: z.literal("zone"),
  name: z.string().min(1),
  phase: z.string(),
  description: z.string().optional(),
  rules: z.array(rule).optional(),
});
const rulesOnly = z.object({ rules: z.array(rule) });

/** Entry points and single rules (Cloudflare API, "Rulesets"; "Rulesets API: Add, update and delete a rule"). */
export function rulesetsHandler(world: World): ApiHandler {
  const answer = async (operation: string, effect: () => Ruleset) =>
    envelope(asJson(await apiCall(world, `cloudflare ${operation}`, effect)));
  return routes({
    "GET /zones/:zone/rulesets/phases/:phase/entrypoint": async (_, { zone = "", phase = "" }) =>
      await answer("GET /zones/{zone}/rulesets/phases/{phase}/entrypoint", () => {
        const found = entryPointOf(world, zoneById(world, zone).id, phase);
        if (found) return found;
        throw new ApiError(
          404,
          `404 Not Found: 10003 could not find entrypoint ruleset in the ${phase} phase`,
        );
      }),
    // The list is authoritative, and nothing says which version it is based on: a write of a writer who read before
    // another one's write undoes that (Cloudflare, "Rulesets API: Update a ruleset").
    "PUT /zones/:zone/rulesets/phases/:phase/entrypoint": async (request, { zone = "", phase = "" }) => {
      const rules = (await body(request, rulesOnly)).rules.map(fromJson);
      return await answer("PUT /zones/{zone}/rulesets/phases/{phase}/entrypoint", () => {
        const before = entryPointOf(world, zoneById(world, zone).id, phase);
        return before
          ? store(world, zoneById(world, zone), before, rules)
          : createRuleset(world, zoneById(world, zone), { kind: "zone", name: "default", phase, rules });
      });
    },
    "GET /zones/:zone/rulesets/:ruleset": async (_, { zone = "", ruleset: id = "" }) =>
      await answer("GET /zones/{zone}/rulesets/{ruleset}", () => rulesetById(world, zone, id)),
    "POST /zones/:zone/rulesets": async (request, { zone = "" }) => {
      const { rules = [], ...sent } = await body(request, ruleset);
      return await answer("POST /zones/{zone}/rulesets", () =>
        createRuleset(world, zoneById(world, zone), { ...sent, rules: rules.map(fromJson) }),
      );
    },
    "PUT /zones/:zone/rulesets/:ruleset": async (request, { zone = "", ruleset: id = "" }) => {
      const { rules } = await body(request, rulesOnly);
      return await answer("PUT /zones/{zone}/rulesets/{ruleset}", () =>
        store(world, zoneById(world, zone), rulesetById(world, zone, id), rules.map(fromJson)),
      );
    },
    "DELETE /zones/:zone/rulesets/:ruleset": async (_, { zone = "", ruleset: id = "" }) => {
      await apiCall(world, "cloudflare DELETE /zones/{zone}/rulesets/{ruleset}", () => {
        rulesets(world).delete(`${zone}/${rulesetById(world, zone, id).id}`);
      });
      return new Response(null, { status: 204 });
    },
    "POST /zones/:zone/rulesets/:ruleset/rules": async (request, { zone = "", ruleset: id = "" }) => {
      const { position: place, ...sent } = await body(request, placedRule);
      return await answer("POST /zones/{zone}/rulesets/{ruleset}/rules", () => {
        const before = rulesetById(world, zone, id);
        return store(world, zoneById(world, zone), before, placed(before.rules, fromJson(sent), place));
      });
    },
    "PATCH /zones/:zone/rulesets/:ruleset/rules/:rule": async (request, parameters) => {
      const { zone = "", ruleset: id = "", rule: ruleId = "" } = parameters;
      const { position: place, ...sent } = await body(request, changedRule);
      return await answer("PATCH /zones/{zone}/rulesets/{ruleset}/rules/{rule}", () => {
        const before = rulesetById(world, zone, id);
        const old = ruleOf(before, ruleId);
        // The definition is replaced as a whole; without one, the rule only moves.
        const moves = Object.keys(sent).length === 0;
        const changed = moves
          ? old
          : { ...fromJson(checked(sent, rule)), id: old.id, ref: sent.ref ?? old.ref };
        const rules =
          place === undefined
            ? before.rules.map((one) => (one === old ? changed : one))
            : placed(without(before.rules, old), changed, place);
        return store(world, zoneById(world, zone), before, rules);
      });
    },
    "DELETE /zones/:zone/rulesets/:ruleset/rules/:rule": async (_, parameters) => {
      const { zone = "", ruleset: id = "", rule: ruleId = "" } = parameters;
      return await answer("DELETE /zones/{zone}/rulesets/{ruleset}/rules/{rule}", () => {
        const before = rulesetById(world, zone, id);
        return store(world, zoneById(world, zone), before, without(before.rules, ruleOf(before, ruleId)));
      });
    },
  });
}

async function body<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  return checked(await request.json(), schema);
}

function checked<T>(value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ApiError(
    400,
    `400 Bad Request: 20007 ${parsed.error.issues.map(({ message }) => message).join("; ")}`,
  );
}

function ruleOf({ rules }: Ruleset, id: string): StoredRule {
  const found = rules.find((one) => one.id === id);
  if (found === undefined) throw new ApiError(404, "404 Not Found: 10002 could not find rule");
  return found;
}

function without(rules: readonly StoredRule[], gone: StoredRule): readonly StoredRule[] {
  return rules.filter((one) => one !== gone);
}

/** The rules with one more. Without a position it goes to the end. */
function placed(
  rules: readonly StoredRule[],
  one: SentRule,
  place: z.infer<typeof position> = { after: "" },
): readonly SentRule[] {
  const index = indexOf(rules, place);
  return [...rules.slice(0, index), one, ...rules.slice(index)];
}

function indexOf(rules: readonly StoredRule[], place: z.infer<typeof position>): number {
  if ("index" in place) return Math.min(place.index - 1, rules.length);
  const neighbour = "before" in place ? place.before : place.after;
  if (neighbour === "") return "before" in place ? 0 : rules.length;
  const index = rules.findIndex(({ id }) => id === neighbour);
  if (index < 0) throw new ApiError(400, "400 Bad Request: 20008 position names a rule that does not exist");
  return "before" in place ? index : index + 1;
}

function fromJson({ action_parameters: parameters, ...rest }: z.infer<typeof rule>): SentRule {
  return { ...rest, ...(parameters && { actionParameters: parameters }) };
}

function asJson({ id, kind, name, phase, description = "", version, rules }: Ruleset): object {
  return {
    id,
    kind,
    name,
    phase,
    description,
    version: String(version),
    rules: rules.map(({ actionParameters, enabled = true, description = "", ...one }) => ({
      ...one,
      enabled,
      description,
      ...(actionParameters && { action_parameters: actionParameters }),
    })),
  };
}
