import { getZone } from "@pulumi/cloudflare/getZone.js";
import { type Input, output, unknown } from "@pulumi/pulumi";
import { type ConfigIssue, throwIfAny } from "../config-issue.ts";

/** A Cloudflare zone. In the offline plan nobody answers the lookup, and everything but the name is undefined. */
export interface Zone {
  readonly name: string;
  readonly id: string | undefined;
  readonly accountId: string | undefined;
  /** The `legacy_id` of its plan: `free`, `enterprise`. */
  readonly plan: string | undefined;
  readonly paused?: boolean | undefined;
  /** `active` once the domain's nameservers are Cloudflare's; before, `pending` or `initializing`. */
  readonly status?: string | undefined;
  /** `full`, or `partial` if another DNS provider hosts the zone. */
  readonly type?: string | undefined;
}

/**
 * Looks up each zone once, by its name.
 *
 * @param names - in any order, repeated or not
 * @returns the zones sorted by name
 * @throws UserError with every zone whose lookup failed
 */
export async function lookUpZones(names: readonly string[]): Promise<readonly Zone[]> {
  const distinct = [...new Set(names)].sort();
  const lookups = await Promise.allSettled(distinct.map(lookUpZone));
  throwIfAny(
    "the public edge",
    lookups.flatMap((lookup, index) =>
      lookup.status === "fulfilled" ? [] : [lookupIssue(distinct[index] ?? "", lookup.reason)],
    ),
  );
  return lookups.flatMap((lookup) => (lookup.status === "fulfilled" ? [lookup.value] : []));
}

/** The provider's message does not always name the zone. */
function lookupIssue(name: string, error: unknown): ConfigIssue {
  return {
    path: `zone ${name}`,
    found: `a failed lookup: ${error instanceof Error ? error.message : String(error)}`,
    allowed: "the name of exactly one zone that the Cloudflare API token can read",
    fix: "check the name in publicEdge.zones, and that the token has the permission Zone Read for this zone",
  };
}

async function lookUpZone(name: string): Promise<Zone> {
  const found: Partial<Awaited<ReturnType<typeof getZone>>> = await getZone({ filter: { name } });
  const { zoneId: id, account, paused, status, type } = found;
  // Deprecated for setting the plan; the subscription API that replaces it needs access to billing.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return { name, id, accountId: account?.id, plan: found.plan?.legacyId, paused, status, type };
}

/** A looked-up value as a resource's input: unknown if nobody answered. */
export function orUnknown(value: string | undefined): Input<string> {
  // The SDK keeps the type of `unknown` to itself; an Output of it is unknown, whatever its type.
  return value ?? (output(unknown) as unknown as Input<string>);
}
