import { legacyRows, privateRows } from "./exposure-table.ts";
import type { Phase, PrivateService } from "./private-service.ts";

/** One service before and after its move to the tailnet, and where it stands. */
export interface MigrationRow {
  readonly service: string;
  readonly before: string;
  readonly after: string;
  readonly phase: Phase;
}

/**
 * The move of every service that has a legacy exposure: as it is planned, whatever its phase.
 *
 * @param tailnet - the tailnet's DNS name
 */
export function migrationRows(services: readonly PrivateService[], tailnet: string): readonly MigrationRow[] {
  return services.flatMap((service) => {
    const legacy = legacyRows(service);
    // A Service behind an Ingress may have had an address too; people came by the Ingress.
    const before = legacy
      .filter(({ route }) => route === legacy[0]?.route)
      .map(({ address, route }) => `${route.replace(/,.*$/, "")} ${withoutScheme(address)}`);
    if (before.length === 0) return [];
    const moved: PrivateService = { ...service, phase: "tailnet" };
    const after = privateRows(moved, `${service.hostname}.${tailnet}`).map(({ address }) =>
      withoutScheme(address),
    );
    return [
      { service: service.name, before: before.join(", "), after: after.join(", "), phase: service.phase },
    ];
  });
}

function withoutScheme(address: string): string {
  return address.replace(/^https:\/\//, "");
}
