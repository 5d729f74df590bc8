import { WorkersScript } from "@pulumi/cloudflare/workersScript.js";
import { secret } from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random/randomBytes.js";
import { describe, expect, test } from "vitest";
import { EdgeZone } from "../../../components/public-edge/edge-zone.ts";
import type { PublicHostname } from "../../../components/public-edge/hostname.ts";
import { recordTarget } from "../../../components/public-edge/via.ts";
import { type ZoneDemand, zoneDemand } from "../../../components/public-edge/zone-demand.ts";
import type { RecordedResource } from "../../../plan/recording/recording.ts";
import { DEFAULT_OPTIONS } from "../../support/recorded-resource.ts";
import { recordProgram, STACK_URN, urnOf } from "../../support/recording.ts";
import { FUNNEL, RECORD, RULES, ZONE } from "./recorded-edge.ts";

const ZONE_URN = urnOf(ZONE, "example.com");
const ORIGIN_RULES = urnOf(`${ZONE}$${RULES}`, "example.com-origin-rules");
const CONFIGURATION_RULES = urnOf(`${ZONE}$${RULES}`, "example.com-configuration-rules");
const REDIRECT_RULES = urnOf(`${ZONE}$${RULES}`, "example.com-redirect-rules");
const recordUrn = (host: string) => urnOf(`${ZONE}$${RECORD}`, host);

/** Sorted, because resources that do not depend on each other register in any order. */
const byUrn = <T extends { readonly urn: string }>(resources: readonly T[]): readonly T[] =>
  resources.toSorted((a, b) => (a.urn < b.urn ? -1 : 1));

async function zoneResources(
  hostnames: readonly PublicHostname[],
  changes: Partial<ZoneDemand> = {},
): Promise<readonly RecordedResource[]> {
  const zone = { name: "example.com", id: "zone-1", accountId: "account-1", plan: "enterprise" };
  const demand = { ...zoneDemand(zone, hostnames), ...changes };
  const { resources } = await recordProgram(() => {
    new EdgeZone("example.com", { demand, funnel: FUNNEL });
  });
  return resources;
}

const hostnames = [
  { host: "app.example.com", zone: "example.com", via: "origin-rule" },
  { host: "old.example.com", zone: "example.com", via: { cname: "id.cfargotunnel.com" } },
] as const;

test("creates the rules of three phases and a proxied record for each hostname, each after the rules that it needs", async () => {
  const resources = await zoneResources(hostnames);
  const zoneRules = (urn: string, phase: string, dependsOn: readonly string[], rules: object) => ({
    urn,
    type: RULES,
    name: urn.split("::")[3],
    parent: ZONE_URN,
    dependsOn,
    inputs: { phase, zoneId: "zone-1", rules },
    secretInputs: [],
    options: DEFAULT_OPTIONS,
  });
  const dnsRecord = (host: string, content: string, dependsOn: readonly string[]) => ({
    urn: recordUrn(host),
    type: RECORD,
    name: host,
    parent: ZONE_URN,
    dependsOn,
    inputs: { zoneId: "zone-1", name: host, type: "CNAME", content, proxied: true, ttl: 1 },
    secretInputs: [],
    options: { ...DEFAULT_OPTIONS, deleteBeforeReplace: true },
  });
  expect(byUrn(resources)).toEqual(
    byUrn([
      {
        urn: STACK_URN,
        type: "pulumi:pulumi:Stack",
        name: "tailnet-edge-test",
        parent: undefined,
        dependsOn: [],
        inputs: {},
        secretInputs: [],
        options: DEFAULT_OPTIONS,
      },
      {
        urn: ZONE_URN,
        type: ZONE,
        name: "example.com",
        parent: STACK_URN,
        dependsOn: [],
        inputs: {},
        secretInputs: [],
        options: DEFAULT_OPTIONS,
      },
      zoneRules(ORIGIN_RULES, "http_request_origin", [recordUrn("old.example.com")], {
        sni_0: {
          description: "SNI of the Funnel, Host kept",
          action: "route",
          actionParameters: { sni: { value: FUNNEL } },
          expression: 'http.host in {"app.example.com"}',
        },
      }),
      zoneRules(CONFIGURATION_RULES, "http_config_settings", [], {
        strict_tls_0: {
          description: "TLS Full (strict) to the origin",
          action: "set_config",
          actionParameters: { ssl: "strict" },
          expression: 'http.host in {"app.example.com" "old.example.com"}',
        },
      }),
      zoneRules(REDIRECT_RULES, "http_request_dynamic_redirect", [], {
        https_0: {
          description: "HTTP to HTTPS",
          action: "redirect",
          actionParameters: {
            from_value: {
              status_code: 308,
              target_url: { expression: 'concat("https://", http.host, http.request.uri.path)' },
              preserve_query_string: true,
            },
          },
          expression:
            'not ssl and not starts_with(http.request.uri.path, "/.well-known/") and http.host in {"app.example.com" "old.example.com"}',
        },
      }),
      dnsRecord("app.example.com", FUNNEL, [CONFIGURATION_RULES, ORIGIN_RULES, REDIRECT_RULES]),
      dnsRecord("old.example.com", "id.cfargotunnel.com", [CONFIGURATION_RULES, REDIRECT_RULES]),
    ]),
  );
});

describe("with an origin lock", () => {
  const LOCK_RULES = urnOf(`${ZONE}$${RULES}`, "example.com-lock-rules");
  const via = (
    word: PublicHostname["via"],
    host = `${JSON.stringify(word).replaceAll(/\W/g, "")}.example.com`,
  ) => ({
    host,
    zone: "example.com",
    via: word,
  });
  const all = [
    via("origin-rule"),
    via("worker"),
    via("cname-only"),
    via({ cname: "id.cfargotunnel.com" }, "z.example.com"),
  ];

  const lockedZone = async () => {
    const zone = { name: "example.com", id: "zone-1", accountId: "account-1", plan: "enterprise" };
    const { resources } = await recordProgram(() => {
      const before = new RandomBytes("before", { length: 1 });
      const worker = new WorkersScript("script", { accountId: "account-1", scriptName: "script" });
      const lock = { secret: secret("the secret"), dependsOn: [before] };
      new EdgeZone("example.com", { demand: zoneDemand(zone, all, true), funnel: FUNNEL, lock, worker });
    });
    return resources;
  };

  test("sends the secret for every hostname that leads to the Funnel, and keeps it secret", async () => {
    const rules = (await lockedZone()).find(({ urn }) => urn === LOCK_RULES);
    expect(rules?.inputs).toMatchObject({ phase: "http_request_late_transform", zoneId: "zone-1" });
    expect(JSON.stringify(rules)).toContain(
      'http.host in {\\"cnameonly.example.com\\" \\"originrule.example.com\\" \\"worker.example.com\\"}',
    );
    expect(JSON.stringify(rules)).not.toContain("the secret");
    expect(rules?.secretInputs).toEqual(["rules.lock_0.actionParameters.headers.tailnet-edge-lock.value"]);
  });

  test("changes the rules after what must be first and after records that leave, and before all others", async () => {
    const resources = await lockedZone();
    const dependsOn = (urn: string) => resources.find((resource) => resource.urn === urn)?.dependsOn ?? [];
    const before = resources.find(({ name }) => name === "before")?.urn;
    expect(dependsOn(LOCK_RULES).toSorted()).toEqual([recordUrn("z.example.com"), before].toSorted());
    const led = all.map(({ host }) => host).filter((host) => dependsOn(recordUrn(host)).includes(LOCK_RULES));
    expect(led).toEqual(["originrule.example.com", "worker.example.com", "cnameonly.example.com"]);
  });
});

test("creates nothing for a phase without rules", async () => {
  const resources = await zoneResources(hostnames, { originRules: [] });
  const rules = resources.filter(({ type }) => type === RULES);
  expect(rules.map(({ urn }) => urn).toSorted()).toEqual([CONFIGURATION_RULES, REDIRECT_RULES]);
  expect(resources.filter(({ type }) => type === RECORD).map(({ dependsOn }) => dependsOn)).toEqual([
    [CONFIGURATION_RULES, REDIRECT_RULES],
    [CONFIGURATION_RULES, REDIRECT_RULES],
  ]);
});

test("creates nothing without hostnames", async () => {
  expect((await zoneResources([])).map(({ urn }) => urn)).toEqual([STACK_URN, ZONE_URN]);
});

test("points a record at the Funnel, or at the name in via: { cname }", () => {
  const funnel = secret("x");
  expect([recordTarget("origin-rule", funnel), recordTarget("cname-only", funnel)]).toEqual([funnel, funnel]);
  expect(recordTarget({ cname: "a.com" }, funnel)).toBe("a.com");
});
