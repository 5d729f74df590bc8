import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import type { World } from "../../../sandbox/world/world.ts";
import { editState, type StateResource } from "./edit-state.ts";

const RULES = "edge-rules:index:ZoneRules";
const RULESET = "cloudflare:index/ruleset:Ruleset";

interface Project {
  readonly sandbox: string;
  readonly stack: string;
  withWorld<T>(use: (world: World) => T): T;
}

/**
 * Turns a deployed stack into one of a version that owned the phases' whole entry points: the provider's resource in the
 * state, and `ref`s without the stack's name in the zone.
 */
export function toFormerVersion(project: Project): void {
  project.withWorld((world) => {
    for (const [key, ruleset] of [...rulesets(world)]) {
      const rules = ruleset.rules.map((rule) => ({ ...rule, ref: formerRef(rule.ref) }));
      rulesets(world).set(key, { ...ruleset, rules });
    }
  });
  editState(project, (resources) => {
    const cloudflare = resources.find(({ type }) => type.includes("DnsRecord"))?.provider;
    const renamed = JSON.parse(
      JSON.stringify(resources).replaceAll(RULES, RULESET),
    ) as readonly StateResource[];
    return renamed
      .filter(({ type }) => type !== "pulumi:providers:edge-rules")
      .map((resource) =>
        resource.type === RULESET ? formerResource(resource, project, cloudflare) : resource,
      );
  });
}

/** Leaves the live objects of a stack without a state. */
export function forgetState(project: Project): void {
  editState(project, () => []);
}

function formerResource(
  resource: StateResource,
  project: Project,
  provider: string | undefined,
): StateResource {
  const { zoneId, phase } = resource.inputs ?? {};
  return project.withWorld((world) => {
    const ruleset = rulesets(world).find((found) => found.zoneId === zoneId && found.phase === phase);
    if (ruleset === undefined || provider === undefined) throw new Error(`${resource.urn} is not deployed`);
    const { id, name, kind, rules } = ruleset;
    const inputs = { zoneId, phase, name, kind, rules };
    // The simulated providers keep the inputs in the outputs, too.
    return { ...resource, id, provider, inputs, outputs: { ...inputs, version: "1", __inputs: inputs } };
  });
}

function formerRef(ref: string): string {
  return ref.replace(/^tailnet_edge_[a-z0-9]+?[0-9a-f]{8}_/, "tailnet_edge_");
}
