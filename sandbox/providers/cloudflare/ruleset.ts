import { z } from "zod";
import { apiCall } from "../../world/api.ts";
import type { World } from "../../world/world.ts";
import type { Found, ResourceModel } from "../resource-model.ts";
import {
  createRuleset,
  isPhase,
  rulesetById,
  rulesets,
  type SentRule,
  store,
  type StoredRule,
} from "./entry-points.ts";
import { RETRIES, zoneById } from "./zones.ts";

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

/**
 * The provider's resource for a whole entry point (terraform-provider-cloudflare, `cloudflare_ruleset`): its list of
 * rules is authoritative. Programs of earlier versions, and other programs, use it.
 */
export function rulesetModel(world: World): ResourceModel<RulesetInputs> {
  return {
    inputs,
    replaces: ["kind", "name", "phase", "zoneId"],
    check: ({ kind, zoneId, phase }) => [
      ...(kind === "zone" && zoneId === undefined
        ? [{ property: "zoneId", reason: "required for kind zone but missing" }]
        : []),
      ...(isPhase(phase)
        ? []
        : [{ property: "phase", reason: `the sandbox has no phase ${JSON.stringify(phase)}` }]),
    ],
    async create({ zoneId = "", kind, name, phase, description, rules = [] }) {
      const create = () => {
        const zone = zoneById(world, zoneId);
        const stored = createRuleset(world, zone, {
          kind,
          name,
          phase,
          description,
          rules: rules.map(toApi),
        });
        return { id: stored.id, outputs: outputsOf(stored) };
      };
      return await apiCall(world, "cloudflare POST /zones/{zone}/rulesets", create, RETRIES);
    },
    async read(id, known) {
      const read = (): Found | undefined => {
        // An import names the ruleset as zones/<zone ID>/<ruleset ID>.
        const [rulesetId = id, zoneId = String(known.inputs["zoneId"])] = id.split("/").reverse();
        const found = rulesets(world).get(`${zoneId}/${rulesetId}`);
        if (found === undefined) return undefined;
        const { zoneId: zone, kind, name, phase, description, rules } = found;
        const fields = { zoneId: zone, kind, name, phase, ...(description !== undefined && { description }) };
        return {
          id: rulesetId,
          inputs: { ...fields, rules: rules.map(sentRule) },
          outputs: outputsOf(found),
        };
      };
      return await apiCall(world, "cloudflare GET /zones/{zone}/rulesets/{ruleset}", read, RETRIES);
    },
    async update(id, { zoneId = "", rules = [] }) {
      const update = () => {
        const zone = zoneById(world, zoneId);
        return outputsOf(store(world, zone, rulesetById(world, zone.id, id), rules.map(toApi)));
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

function outputsOf({ rules, version }: { readonly rules: readonly StoredRule[]; readonly version: number }) {
  return { rules: rules.map(fromApi), version: String(version) };
}

/** The rule as it was sent: without the fields that the API added. */
function sentRule(stored: StoredRule): Rule {
  const { id, ref, ...rest } = fromApi(stored);
  return ref === id ? rest : { ...rest, ref };
}

/** The provider spells `fromValue` what the API spells `from_value`. */
function toApi({ actionParameters, ...rest }: Rule): SentRule {
  const parameters = renamed(actionParameters, (key) =>
    key.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
  );
  return { ...rest, ...(actionParameters && { actionParameters: parameters as Record<string, unknown> }) };
}

function fromApi({
  actionParameters,
  ...rest
}: StoredRule): Rule & { readonly id: string; readonly ref: string } {
  const parameters = renamed(actionParameters, (key) =>
    key.replaceAll(/_[a-z]/g, (c) => c.slice(1).toUpperCase()),
  );
  return { ...rest, ...(actionParameters && { actionParameters: parameters as Record<string, unknown> }) };
}

function renamed(value: unknown, rename: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((part) => renamed(part, rename));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [rename(key), renamed(part, rename)]));
}
