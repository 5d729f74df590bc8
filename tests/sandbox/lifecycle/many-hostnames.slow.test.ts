import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { records } from "../../../sandbox/providers/cloudflare/dns-record.ts";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { callCounts } from "../../../sandbox/world/api.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

const ZONES = ["example.com", "example.org"];
/** 25 hostnames in each zone. */
const FIFTY = ZONES.flatMap((zone) => Array.from({ length: 25 }, (_, index) => `host-${index}.${zone}`));

let project: RealProject<OzilabChanges>;

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: ZONES.map((name) => ({ name })) },
  });
});

afterAll(async () => {
  await project.remove();
});

/** Brings the stack up with these hostnames. @returns the number of steps of each kind and of calls of each operation */
async function up(hostnames: readonly string[]) {
  const before = project.withWorld(callCounts);
  const steps = await project.up({ zones: ZONES, hostnames });
  const calls = Object.entries(project.withWorld(callCounts))
    .map(([operation, count]) => [operation, count - (before[operation] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return {
    steps: counted(steps.map((step) => step.split(" ").slice(0, 2).join(" "))),
    calls: Object.fromEntries(calls),
  };
}

function counted(words: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, all]) => [word, all.length]));
}

/**
 * The calls of the first up: it reads the cluster's identity, the live policy, each zone that has a hostname, and the rules of
 * its three phases.
 */
const LOOKED_UP = {
  "kubernetes GET Namespace": 1,
  "tailscale GET /tailnet/{tailnet}/acl": 1,
  "cloudflare GET /zones": 2,
  "cloudflare GET /zones/{zone}/rulesets/phases/{phase}/entrypoint": 6,
};

/**
 * The calls of a later up, which reads what the stack owns first.
 *
 * @param changedPhases - whose rules are read again, after they were written
 */
const readFirst = (records: number, changedPhases = 0) => ({
  ...LOOKED_UP,
  "cloudflare GET /zones/{zone}/dns_records/{record}": records,
  "cloudflare GET /zones/{zone}/rulesets/phases/{phase}/entrypoint": 12 + changedPhases,
  "kubernetes GET Ingress": 1,
  "kubernetes GET Namespace": 4,
  "kubernetes GET Secret": 1,
  "kubernetes helm get": 1,
  "tailscale GET /tailnet/{tailnet}/acl": 2,
  "tailscale GET /tailnet/{tailnet}/dns/preferences": 1,
  "tailscale GET /tailnet/{tailnet}/keys/{key}": 1,
  "tailscale GET /tailnet/{tailnet}/settings": 1,
});

/** One lifecycle: each test starts where the previous one ended. */
describe("fifty hostnames in two zones", () => {
  test("are created in one up, with one write each and six for the rules", async () => {
    expect(await up(FIFTY)).toEqual({
      steps: {
        "create Acl": 1,
        "create Cluster": 1,
        "create DnsPreferences": 1,
        "create DnsRecord": 50,
        "create Ingress": 1,
        "create Namespace": 1,
        "create OauthClient": 1,
        "create Release": 1,
        "create ZoneRules": 6,
        "create Secret": 1,
        "create TailnetSettings": 1,
      },
      calls: {
        ...LOOKED_UP,
        // Before the rules are written, and after that.
        "cloudflare GET /zones/{zone}/rulesets/phases/{phase}/entrypoint": 12,
        "cloudflare POST /zones/{zone}/dns_records": 50,
        "cloudflare POST /zones/{zone}/rulesets": 6,
        "kubernetes POST Ingress": 1,
        "kubernetes POST Namespace": 1,
        "kubernetes POST Secret": 1,
        "kubernetes helm install": 1,
        "tailscale PATCH /tailnet/{tailnet}/settings": 1,
        "tailscale POST /tailnet/{tailnet}/acl": 1,
        "tailscale POST /tailnet/{tailnet}/dns/preferences": 1,
        "tailscale POST /tailnet/{tailnet}/keys": 1,
      },
    });
    expect(project.withWorld((world) => [...zones(world)].map(([id]) => records(world, id).size))).toEqual([
      25, 25,
    ]);
    const [rules] = project.withWorld((world) => rulesets(world).values());
    expect(rules?.rules).toHaveLength(1);
  });

  test("are only read if nothing changed", async () => {
    expect(await up(FIFTY)).toEqual({ steps: {}, calls: readFirst(50) });
  });

  test("plus another one cost a record and a rule in the three phases of its zone", async () => {
    expect(await up([...FIFTY, "one-more.example.org"])).toEqual({
      steps: { "create DnsRecord": 1, "update ZoneRules": 3 },
      calls: {
        ...readFirst(50, 3),
        "cloudflare POST /zones/{zone}/dns_records": 1,
        "cloudflare PATCH /zones/{zone}/rulesets/{ruleset}/rules/{rule}": 3,
      },
    });
  });

  test("minus that one, or one in the middle, cost the same", async () => {
    const removal = (records: number) => ({
      steps: { "delete DnsRecord": 1, "update ZoneRules": 3 },
      calls: {
        ...readFirst(records, 3),
        "cloudflare DELETE /zones/{zone}/dns_records/{record}": 1,
        "cloudflare PATCH /zones/{zone}/rulesets/{ruleset}/rules/{rule}": 3,
      },
    });
    expect(await up(FIFTY)).toEqual(removal(51));
    expect(await up(FIFTY.filter((host) => host !== "host-7.example.com"))).toEqual(removal(50));
  });

  test("are deleted in one up, with their rules and nothing else", async () => {
    // No zone has a hostname, so none is looked up.
    const lookedUp = "cloudflare GET /zones";
    const reads = Object.fromEntries(Object.entries(readFirst(49, 6)).filter(([call]) => call !== lookedUp));
    expect(await up([])).toEqual({
      steps: { "delete DnsRecord": 49, "delete ZoneRules": 6 },
      calls: {
        ...reads,
        "cloudflare DELETE /zones/{zone}/dns_records/{record}": 49,
        "cloudflare DELETE /zones/{zone}/rulesets/{ruleset}/rules/{rule}": 6,
      },
    });
    expect(project.withWorld((world) => [...zones(world)].map(([id]) => records(world, id).size))).toEqual([
      0, 0,
    ]);
    expect(
      project.withWorld((world) =>
        rulesets(world)
          .values()
          .map(({ rules }) => rules),
      ),
    ).toEqual(Array.from({ length: 6 }, () => []));
  });
});
