import type { RecordResponse } from "cloudflare/resources/dns/records";
import type { Zone } from "cloudflare/resources/zones/zones";
import type { CloudflareClient, RulesetPhase } from "../../live/cloudflare-client.ts";
import { once } from "../core/once.ts";
import type { Systems } from "../systems.ts";
import type { CertificatePack } from "./edge-certificate.ts";
import type { LiveRule } from "./matching-rules.ts";
import type { LivePageRule } from "./page-rules.ts";
import type { LiveRoute } from "./worker.ts";

/**
 * What the checks read of one zone. Each is read once, however many hostnames the zone has; only records are read per
 * hostname. All but `zone` are undefined if there is no such zone.
 */
export interface ZoneReadings {
  readonly zone: () => Promise<Zone | undefined>;
  readonly rules: (phase: RulesetPhase) => Promise<readonly LiveRule[] | undefined>;
  readonly certificates: () => Promise<readonly CertificatePack[] | undefined>;
  readonly pageRules: () => Promise<readonly LivePageRule[] | undefined>;
  readonly routes: () => Promise<readonly LiveRoute[] | undefined>;
  /** The Workers of the zone's account. */
  readonly scripts: () => Promise<readonly string[] | undefined>;
  readonly tlsMode: () => Promise<string>;
  readonly alwaysHttps: () => Promise<boolean>;
  readonly records: (host: string) => Promise<readonly RecordResponse[] | undefined>;
}

export function zoneReadings(name: string, { cloudflare }: Systems): ZoneReadings {
  const zone = once(async () => (await cloudflare()).zone(name));
  const inZone = async <T>(
    read: (client: CloudflareClient, zone: Zone) => Promise<T>,
  ): Promise<T | undefined> => {
    const found = await zone();
    return found && (await read(await cloudflare(), found));
  };
  const phase = (phase: RulesetPhase) =>
    once(() => inZone(async (client, { id }) => rulesOf(await client.entryPoint(id, phase))));
  const phases: Readonly<Record<RulesetPhase, ReturnType<typeof phase>>> = {
    http_request_origin: phase("http_request_origin"),
    http_config_settings: phase("http_config_settings"),
    http_request_dynamic_redirect: phase("http_request_dynamic_redirect"),
    http_request_late_transform: phase("http_request_late_transform"),
  };
  return {
    zone,
    rules: (wanted) => phases[wanted](),
    certificates: once(() => inZone((client, { id }) => client.certificatePacks(id))),
    pageRules: once(() => inZone((client, { id }) => client.pageRules(id))),
    routes: once(() => inZone((client, { id }) => client.workerRoutes(id))),
    scripts: once(() => inZone((client, { account }) => client.workerScripts(account.id ?? ""))),
    tlsMode: once(async () => (await inZone((client, { id }) => client.zoneSetting(id, "ssl"))) ?? ""),
    alwaysHttps: once(
      async () => (await inZone((client, { id }) => client.zoneSetting(id, "always_use_https"))) === "on",
    ),
    records: (host) => inZone((client, { id }) => client.records(id, host)),
  };
}

/** The SDK's union of all rules has no member that all share but these. */
function rulesOf(entryPoint: { readonly rules?: readonly unknown[] } | undefined): readonly LiveRule[] {
  return (entryPoint?.rules ?? []) as readonly LiveRule[];
}
