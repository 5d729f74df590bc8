import type { Zone } from "cloudflare/resources/zones/zones";
import { hasSniOverride, isKnownPlan } from "../../components/public-edge/zone-plan.ts";
import { broken, ok, type Outcome, unknown } from "../core/check.ts";

/** Whether Cloudflare proxies the zone's hostnames. */
export function zoneOutcome(zone: Zone | undefined, name: string): Outcome {
  if (zone === undefined) return broken("zone-missing", `no zone ${name}`);
  const { status = "unknown", type = "full", paused = false } = zone;
  if (paused) return broken("zone-paused", `${name} is paused`);
  if (status !== "active") return broken("zone-not-active", `${name} is ${status}`);
  return ok(`active, type ${type}`);
}

/** Whether the zone's plan has the SNI override that `via: origin-rule` needs. */
export function planOutcome(zone: Zone | undefined): Outcome {
  if (zone === undefined) return unknown("no zone");
  // Deprecated for setting the plan; the subscription API that replaces it needs access to billing.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const { legacy_id: plan } = zone.plan as { readonly legacy_id?: string };
  if (plan === undefined || !isKnownPlan(plan)) return unknown(`a plan that is not known: ${plan ?? "none"}`);
  return hasSniOverride(plan) ? ok(plan) : broken("plan-without-sni-override", plan);
}
