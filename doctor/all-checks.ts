import { cloudflareChecks } from "./cloudflare/checks.ts";
import { controlPlaneChecks } from "./control-plane/checks.ts";
import type { Check } from "./core/check.ts";
import { networkChecks } from "./network-checks.ts";
import type { Network } from "./probes/network.ts";
import type { Systems } from "./systems.ts";
import type { Target } from "./target/target.ts";

/**
 * All checks of a stack, in the order of the report.
 *
 * @param network - undefined to ask the APIs only
 */
export function allChecks(target: Target, systems: Systems, network?: Network): readonly Check[] {
  return [
    ...controlPlaneChecks(target, systems),
    ...cloudflareChecks(target, systems),
    ...(network ? networkChecks(target, systems, network) : []),
  ];
}
