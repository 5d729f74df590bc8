import { beforeAll, describe, expect, test } from "vitest";
import type { RecordedResource, Recording } from "../../plan/recording/recording.ts";
import { LIVE_POLICY, publicEdge, publicEdgeAnswers, recordStack } from "../support/record-stack.ts";

const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const RULES = "edge-rules:index:ZoneRules";

const ofType = ({ resources }: Recording, type: string) =>
  resources.filter((resource) => resource.type === type);

const withHostnames = (hostnames: readonly unknown[]) =>
  recordStack("ozilab", { config: { publicEdge: publicEdge(hostnames) } });

/** The resources of `after` that differ from `before`. */
function changed(before: Recording, after: Recording): readonly RecordedResource[] {
  const known = new Set(before.resources.map((resource) => JSON.stringify(resource)));
  return after.resources.filter((resource) => !known.has(JSON.stringify(resource)));
}

describe("the ozilab stack", () => {
  test("has exactly these URNs", async () => {
    const { resources } = await recordStack("ozilab");
    const urns = resources.map(({ urn }) => urn).sort();
    await expect(`${urns.join("\n")}\n`).toMatchFileSnapshot("goldens/ozilab.urns.txt");
  });

  test("looks up only the zones, once, and then the live policy", async () => {
    const { calls } = await recordStack("ozilab");
    expect(calls).toEqual([
      { token: "cloudflare:index/getZone:getZone", args: { filter: { name: "example.com" } } },
      LIVE_POLICY,
    ]);
  });

  test("points every hostname at the name in the Ingress's status", async () => {
    const actual = "ozilab-edge.tail1234.ts.net";
    const recording = await recordStack("ozilab", { answers: publicEdgeAnswers(actual) });
    expect(ofType(recording, RECORD).map(({ inputs }) => inputs)).toEqual([
      {
        zoneId: "id-of-example.com",
        name: "app.example.com",
        type: "CNAME",
        content: actual,
        proxied: true,
        ttl: 1,
      },
    ]);
    expect(recording.outputs).toEqual({
      funnel: { expected: actual, actual },
      hostnames: {
        "app.example.com": {
          url: "https://app.example.com",
          target: actual,
          zone: "example.com",
          via: "origin-rule",
          reason: "requested",
        },
      },
      exposure: [
        {
          name: "app.example.com",
          requested: "https://app.example.com",
          address: "https://app.example.com",
          allowed: ["everybody on the internet"],
          route: "Cloudflare, Funnel",
        },
        ...[["everybody on the internet", "Funnel"] as const, ["autogroup:member", "tailnet"] as const].map(
          ([who, route]) => ({
            name: "ozilab-edge",
            requested: `https://${actual}`,
            address: `https://${actual}`,
            allowed: [who],
            route,
          }),
        ),
      ],
    });
  });

  test("puts the created key material only into its Secret", async () => {
    const recording = await recordStack("ozilab", {
      answers: publicEdgeAnswers("ozilab-edge.tail1234.ts.net"),
    });
    expect(JSON.stringify(recording)).not.toContain("tskey-client-made");
    expect(
      recording.resources.flatMap(({ name, secretInputs }) => secretInputs.map((path) => `${name} ${path}`)),
    ).toEqual([
      "operator-login stringData.client_id",
      "operator-login stringData.client_secret",
      "operator-release values.operatorConfig.podAnnotations.tailnet-edge/credential-fingerprint",
    ]);
  });

  test("deletes its exposures before the operator, and the operator before its Secret", async () => {
    const { resources } = await recordStack("ozilab");
    const urnOf = (name: string) => resources.findLast((resource) => resource.name === name)?.urn;
    const dependenciesOf = (name: string) =>
      resources.findLast((resource) => resource.name === name)?.dependsOn;
    expect(dependenciesOf("funnel")).toContain(urnOf("operator-release"));
    expect(dependenciesOf("operator-release")).toContain(urnOf("operator-login"));
    expect(dependenciesOf("operator-login")).toContain(urnOf("operator-namespace"));
    expect(dependenciesOf("operator-credential-client")).toContain(urnOf("tailnet-policy"));
  });

  test.each([
    ["an OAuth client", { kind: "oauth" }, []],
    ["a federated identity", { kind: "federated", issuer: "https://issuer.example.com" }, []],
    ["a client made by hand", { kind: "existing" }, ["operatorClientId", "operatorClientSecret"]],
  ])("starts the operator after the tailnet is ready, with %s", async (_, credential, secrets) => {
    const operator = { hostname: "ozilab-operator", credential };
    const given = Object.fromEntries(secrets.map((key) => [key, "tskey-given"]));
    const { resources } = await recordStack("ozilab", {
      config: { operator, ...given },
      secretKeys: secrets,
    });
    const urnOf = (name: string) => resources.findLast((resource) => resource.name === name)?.urn;
    const waits = resources.find(({ name }) => name === "operator-namespace")?.dependsOn;
    expect(waits).toEqual(["tailnet-dns", "tailnet-policy", "tailnet-settings"].map(urnOf).sort());
    expect(resources.find(({ name }) => name === "operator-release")?.dependsOn).toContain(
      urnOf("operator-namespace"),
    );
  });

  test("shortens its credential's description to what Tailscale accepts", async () => {
    const hostname = `${"a".repeat(49)}-${"b".repeat(13)}`;
    const operator = { hostname, credential: { kind: "oauth" } };
    const { resources } = await recordStack("ozilab", { config: { operator } });
    const client = resources.find(({ name }) => name === "operator-credential-client");
    expect(client?.inputs["description"]).toBe("a".repeat(49));
  });

  test("has only the tailnet and the operator without a public edge", async () => {
    const recording = await recordStack("ozilab", { config: { publicEdge: {} } });
    expect(recording.resources.map(({ name }) => name).sort()).toEqual([
      ...["cluster", "operator", "operator-credential", "operator-credential-client", "operator-login"],
      ...["operator-namespace", "operator-release"],
      ...["tailnet", "tailnet-dns", "tailnet-edge-ozilab", "tailnet-policy", "tailnet-settings"],
    ]);
    expect(recording.outputs).toEqual({ hostnames: {}, exposure: [] });
  });
});

describe("a new hostname", () => {
  test("adds one record and its name to one rule of its zone's three phases, and nothing else", async () => {
    const before = await withHostnames(["app.example.com"]);
    const after = await withHostnames(["app.example.com", "new.example.com"]);
    const difference = changed(before, after);
    expect(difference.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
      `${RECORD} new.example.com`,
      `${RULES} example.com-configuration-rules`,
      `${RULES} example.com-origin-rules`,
      `${RULES} example.com-redirect-rules`,
    ]);
    expect(after.resources).toHaveLength(before.resources.length + 1);
    const rules = (recording: Recording) => ofType(recording, RULES).map(({ inputs }) => inputs["rules"]);
    expect(JSON.stringify(rules(after))).toBe(
      JSON.stringify(rules(before)).replaceAll(
        String.raw`{\"app.example.com\"}`,
        String.raw`{\"app.example.com\" \"new.example.com\"}`,
      ),
    );
  });

  test("gives the same plan at every position in the list", async () => {
    const hostnames = ["a.example.com", "b.example.com", "example.com"];
    const [forward, backward] = [await withHostnames(hostnames), await withHostnames(hostnames.toReversed())];
    expect(forward.resources).toEqual(backward.resources);
  });

  test("can be a zone's apex", async () => {
    const recording = await withHostnames(["example.com"]);
    expect(ofType(recording, RECORD).map(({ inputs }) => inputs["name"])).toEqual(["example.com"]);
  });
});

describe("a thousand hostnames in one zone", () => {
  const hostnames = Array.from({ length: 1000 }, (_, index) => `app-${index}.example.com`);
  const rulesOf = (recording: Recording) =>
    ofType(recording, RULES).map(({ inputs }) =>
      Object.values(inputs["rules"] as Record<string, { expression: string }>),
    );
  let recording: Recording;
  beforeAll(async () => {
    recording = await withHostnames(hostnames);
  });

  test("are a thousand records, and rules that fit into the smallest plan", () => {
    expect(ofType(recording, RECORD)).toHaveLength(1000);
    expect(rulesOf(recording)).toHaveLength(3);
    for (const rules of rulesOf(recording)) {
      expect(rules.length).toBeLessThanOrEqual(10);
      expect(Math.max(...rules.map(({ expression }) => expression.length))).toBeLessThanOrEqual(4096);
      const named = rules.flatMap(({ expression }) => expression.match(/"app-[^"]+"/g) ?? []);
      expect(named.sort()).toEqual(hostnames.map((host) => `"${host}"`).sort());
    }
  });

  test("change one rule of each phase when one hostname is added", async () => {
    const after = await withHostnames([...hostnames, "new.example.com"]);
    for (const [index, rules] of rulesOf(after).entries()) {
      const known = rulesOf(recording)[index] ?? [];
      expect(rules.filter(({ expression }, slot) => expression !== known[slot]?.expression)).toHaveLength(1);
      expect(rules).toHaveLength(known.length);
    }
  });
});

describe("a hostname with another via", () => {
  test("to a tunnel has a record that points to the tunnel, and no origin rule", async () => {
    const tunnel = { host: "app.example.com", via: { cname: "1234.cfargotunnel.com" } };
    const recording = await withHostnames([tunnel]);
    expect(ofType(recording, RECORD).map(({ inputs }) => inputs["content"])).toEqual([
      "1234.cfargotunnel.com",
    ]);
    expect(
      ofType(recording, RULES)
        .map(({ inputs }) => inputs["phase"])
        .sort(),
    ).toEqual(["http_config_settings", "http_request_dynamic_redirect"]);
    expect((recording.outputs["hostnames"] as Record<string, object>)["app.example.com"]).toEqual({
      url: "https://app.example.com",
      target: "1234.cfargotunnel.com",
      zone: "example.com",
      via: { cname: "1234.cfargotunnel.com" },
      reason: "requested",
    });
  });

  test("and one with an origin rule each have the rules that their records need", async () => {
    const { resources } = await withHostnames([
      "stays.example.com",
      { host: "left.example.com", via: "cname-only" },
    ]);
    const find = (name: string) => resources.find((resource) => resource.name === name);
    const [origin, configuration] = [
      find("example.com-origin-rules"),
      find("example.com-configuration-rules"),
    ];
    expect(find("stays.example.com")?.dependsOn).toEqual(
      expect.arrayContaining([configuration?.urn, origin?.urn]),
    );
    expect(origin?.dependsOn).toContain(find("left.example.com")?.urn);
    expect(find("left.example.com")?.dependsOn).not.toContain(origin?.urn);
    expect(configuration?.dependsOn).toEqual([]);
  });
});

describe("the via of the stack", () => {
  const edge = (via: unknown, hostnames: readonly unknown[]) =>
    recordStack("ozilab", {
      config: { publicEdge: { ...publicEdge(hostnames), via } },
      answers: publicEdgeAnswers("ozilab-edge.tail1234.ts.net", { "example.com": "free" }),
    });
  const viasOf = ({ outputs }: Recording) =>
    Object.entries(outputs["hostnames"] as Record<string, { via: string; reason: string }>).map(
      ([host, { via, reason }]) => `${host} ${via} (${reason})`,
    );

  test("applies to every hostname without a via of its own", async () => {
    const recording = await edge("worker", [
      "app.example.com",
      { host: "new.example.com" },
      { host: "try.example.com", via: "cname-only" },
    ]);
    expect(viasOf(recording)).toEqual([
      "app.example.com worker (requested)",
      "new.example.com worker (requested)",
      "try.example.com cname-only (requested)",
    ]);
    expect(
      ofType(recording, "cloudflare:index/workersScript:WorkersScript").map(
        ({ inputs }) => inputs["scriptName"],
      ),
    ).toEqual(["ozilab-edge"]);
    expect(ofType(recording, "cloudflare:index/workersRoute:WorkersRoute").map(({ name }) => name)).toEqual([
      "app.example.com",
      "new.example.com",
    ]);
  });

  test("moves the whole edge to another target in one line, hostnames with a via of their own excepted", async () => {
    const recording = await edge({ cname: "tunnel.cfargotunnel.com" }, [
      "app.example.com",
      { host: "new.example.com" },
      { host: "own.example.com", via: "worker" },
    ]);
    const targets = ofType(recording, RECORD).map(({ name, inputs }) => [name, inputs["content"]]);
    expect(Object.fromEntries(targets)).toEqual({
      "app.example.com": "tunnel.cfargotunnel.com",
      "new.example.com": "tunnel.cfargotunnel.com",
      "own.example.com": "ozilab-edge.tail1234.ts.net",
    });
    expect(viasOf(await edge("cname-only", ["app.example.com"]))).toEqual([
      "app.example.com cname-only (requested)",
    ]);
  });

  test("auto depends on the zone's plan, looked up once, and the outputs say why", async () => {
    const recording = await edge("auto", ["app.example.com"]);
    expect(viasOf(recording)).toEqual(["app.example.com worker (auto: the free plan has no SNI override)"]);
    expect(recording.calls.filter(({ token }) => token !== LIVE_POLICY.token)).toEqual([
      { token: "cloudflare:index/getZone:getZone", args: { filter: { name: "example.com" } } },
    ]);
  });
});
