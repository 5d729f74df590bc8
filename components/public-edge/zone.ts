import { getZone } from "@pulumi/cloudflare/getZone.js";
import { type Input, output, unknown } from "@pulumi/pulumi";

/** A Cloudflare zone. What nobody answered is undefined, as in the offline plan. */
export interface Zone {
  readonly name: string;
  readonly id: string | undefined;
  readonly accountId: string | undefined;
  /** The `legacy_id` of its plan: `free`, `enterprise`. */
  readonly plan: string | undefined;
}

/**
 * Looks up each zone once, by its name.
 *
 * @param names - in any order, repeated or not
 * @returns the zones sorted by name
 */
export function lookUpZones(names: readonly string[]): Promise<readonly Zone[]> {
  return Promise.all([...new Set(names)].sort().map(lookUpZone));
}

async function lookUpZone(name: string): Promise<Zone> {
  const found: Partial<Awaited<ReturnType<typeof getZone>>> = await getZone({ filter: { name } });
  // Deprecated for setting the plan; the subscription API that replaces it needs access to billing.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return { name, id: found.zoneId, accountId: found.account?.id, plan: found.plan?.legacyId };
}

/** A looked-up value as a resource's input: unknown if nobody answered. */
export function orUnknown(value: string | undefined): Input<string> {
  // The SDK keeps the type of `unknown` to itself; an Output of it is unknown, whatever its type.
  return value ?? (output(unknown) as unknown as Input<string>);
}
