import { tailnetAddresses } from "./exposure-rows.ts";
import { exposureOf, type PrivateService } from "./private-service.ts";
import type { Phase } from "./service-fields.ts";

/** A service's addresses before and after its move to the tailnet, and how far the move is. */
export interface MigrationRow {
  readonly service: string;
  readonly before: string;
  readonly after: string;
  readonly phase: Phase;
}

/**
 * Lists the move of every service that has a legacy exposure. Addresses do not depend on the phase.
 *
 * @param tailnet - the tailnet's DNS name
 */
export function migrationRows(services: readonly PrivateService[], tailnet: string): readonly MigrationRow[] {
  return services.flatMap((service) => {
    const { legacyRows } = exposureOf(service);
    // The Service of a Traefik Ingress may have had a MetalLB address too, but clients used the Ingress.
    const before = legacyRows
      .filter(({ route }) => route === legacyRows[0]?.route)
      .map(({ address, route }) => `${route.replace(/,.*$/, "")} ${withoutScheme(address)}`);
    if (before.length === 0) return [];
    const after = tailnetAddresses(service, `${service.hostname}.${tailnet}`).map(withoutScheme);
    return [
      { service: service.name, before: before.join(", "), after: after.join(", "), phase: service.phase },
    ];
  });
}

function withoutScheme(address: string): string {
  return address.replace(/^https:\/\//, "");
}
