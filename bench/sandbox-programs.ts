import { readFileSync } from "node:fs";
import { zoneDemand } from "../components/public-edge/zone-demand.ts";
import { markPolicy } from "../components/tailnet/policy/mark.ts";
import { buildPolicy } from "../components/tailnet/policy/policy.ts";
import program from "../index.ts";
import { flatProgram, type FlatZone } from "./flat-program.ts";
import type { ProgramName, Size } from "./sandbox-figures.ts";

const BASE_POLICY = "stacks/ozilab.policy.hujson";

/** The zones of a stack of that size, including those without a hostname. */
export function zonesOf(size: Size): readonly Pick<FlatZone, "name" | "hosts">[] {
  const indices = Array.from({ length: size.hostnames }, (_, index) => index);
  const hosts = Map.groupBy(indices, (index) => zoneName(index, size.zones));
  return Array.from({ length: size.zones }, (_, zone) => {
    const name = zoneName(zone, size.zones);
    return { name, hosts: (hosts.get(name) ?? []).map((index) => hostName(index, size.zones)) };
  });
}

/** The hostname that a stack with one more hostname has, and one of this size does not. */
export function nextHostname({ hostnames, zones }: Size): { readonly host: string; readonly zone: string } {
  return { host: hostName(hostnames, zones), zone: zoneName(hostnames, zones) };
}

// Hostnames are distributed over the zones in turn.
function zoneName(index: number, zones: number): string {
  return `zone${index % zones}.example`;
}

function hostName(index: number, zones: number): string {
  return `app${Math.floor(index / zones)}.${zoneName(index, zones)}`;
}

/**
 * The program to measure. Text that is fixed in a hand-written program (its policy, the expressions of its rules)
 * is computed here, before the clock starts.
 */
export function programOf(name: ProgramName, size: Size): () => unknown {
  switch (name) {
    case "ozilab":
      return program;
    case "empty":
      return () => ({});
    case "flat": {
      const acl = policyText();
      // A zone without a hostname has no resource, so a hand-written program does not name it.
      const zones = zonesOf(size)
        .filter(({ hosts }) => hosts.length > 0)
        .map((zone) => ({ ...zone, ...rulesOf(zone) }));
      return () => flatProgram(acl, zones);
    }
  }
}

function rulesOf({ name, hosts }: Pick<FlatZone, "name" | "hosts">) {
  const zone = { name, id: undefined, accountId: undefined, plan: undefined };
  const { originRules, redirectRules } = zoneDemand(
    zone,
    hosts.map((host) => ({ host, zone: name, via: "origin-rule" })),
  );
  return { expressions: originRules, redirects: redirectRules };
}

function policyText(): string {
  const tags = ["tag:k8s"];
  const text = buildPolicy(
    {
      operatorTag: "tag:k8s-operator",
      defaultProxyTags: tags,
      exposures: [{ name: "ozilab-edge", tags, ports: [443], allowFrom: ["autogroup:member"], funnel: true }],
    },
    { source: BASE_POLICY, text: readFileSync(new URL(`../${BASE_POLICY}`, import.meta.url), "utf8") },
  );
  return markPolicy(text, "ozilab");
}
