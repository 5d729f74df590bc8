import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rulesets, type StoredRule } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { callCounts, faults, injectFault } from "../../../sandbox/world/api.ts";
import { forgetState } from "./former-rules.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject } from "./real-project.ts";

/** Another cluster that publishes in the same zone. */
function besideConfig({ hostnames = ["b.example.com"] }: Partial<OzilabChanges>) {
  const first = ozilabConfig({ hostnames });
  const edge = first["tailnet-edge:publicEdge"];
  return {
    ...first,
    "tailnet-edge:tailnet": { name: "tail1234.ts.net", policy: "verified" },
    "tailnet-edge:operator": { ...first["tailnet-edge:operator"], hostname: "beside-operator" },
    "tailnet-edge:publicEdge": { ...edge, funnel: { ...edge.funnel, hostname: "beside-edge" } },
  };
}

const ORIGIN = "http_request_origin";
const byHand: StoredRule = {
  id: "d".repeat(32),
  ref: "by-hand",
  action: "route",
  expression: 'http.host eq "old.example.com"',
  actionParameters: { origin: { port: 8443 } },
  description: "made by hand",
  enabled: false,
};

let first: RealProject<OzilabChanges>;
let second: RealProject<OzilabChanges>;

beforeAll(async () => {
  first = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: [{ name: "example.com" }] },
  });
  second = await RealProject.create({ configOf: besideConfig, beside: first });
});

afterAll(async () => {
  await second.close();
  await first.remove();
});

/** The live rules of a phase as `owner:name`, in their order. */
const refs = (phase = ORIGIN) =>
  rules(phase).map(({ ref }) => ref.replace(/^tailnet_edge_([a-z]+?)[0-9a-f]{8}_/, "$1:"));
const rules = (phase = ORIGIN) =>
  first
    .withWorld((world) => rulesets(world).values())
    .flatMap((ruleset) => (ruleset.phase === phase ? ruleset.rules : []));
const edit = (change: (before: readonly StoredRule[]) => readonly StoredRule[]) => {
  first.withWorld((world) => {
    const [found] = [...rulesets(world)].filter(([, { phase }]) => phase === ORIGIN);
    const [zoneId = ""] = [...zones(world)].map(([id]) => id);
    const created = { id: "e", zoneId, kind: "zone", phase: ORIGIN, name: "by hand", version: 0, rules: [] };
    const [key, before] = found ?? [`${zoneId}/e`, created];
    rulesets(world).set(key, { ...before, version: before.version + 1, rules: change(before.rules) });
  });
};

/** One lifecycle of a zone in use: each test starts where the previous one ended. */
describe("a zone with a rule of somebody else", () => {
  test("takes the rules of a stack, and those of a second one beside them", async () => {
    edit(() => [byHand]);
    await first.up();
    await second.up();
    expect(refs()).toEqual(["by-hand", "test:sni_0", "beside:sni_0"]);
    expect(refs("http_config_settings")).toEqual(["test:strict_tls_0", "beside:strict_tls_0"]);
    expect(rules()[0]).toEqual(byHand);
    expect([await first.up(), await second.up()]).toEqual([[], []]);
  });

  test("shows the names of the rules that a preview would change", async () => {
    first.configure({ hostnames: ["app.example.com", "c.example.com"] });
    const { log } = await first.run("preview");
    expect(log).toMatch(/ZoneRules example\.com-origin-rules update \[diff: ~rules\]/);
    const before = first.withWorld(callCounts);
    await first.up({ hostnames: ["app.example.com", "c.example.com"] });
    const writes = Object.entries(first.withWorld(callCounts)).filter(
      ([name, count]) => !name.includes(" GET ") && name.startsWith("cloudflare") && count !== before[name],
    );
    expect(Object.fromEntries(writes.map(([name, count]) => [name, count - (before[name] ?? 0)]))).toEqual({
      "cloudflare PATCH /zones/{zone}/rulesets/{ruleset}/rules/{rule}": 3,
      "cloudflare POST /zones/{zone}/dns_records": 1,
    });
    await first.up();
  });

  test("keeps its rules when an update fails halfway, and the next one completes it", async () => {
    const before = rules();
    first.configure({ hostnames: ["app.example.com", "c.example.com"] });
    first.withWorld((world) => {
      injectFault(world, { operation: "cloudflare PATCH", after: 1, times: 99, effect: { status: 503 } });
    });
    const failed = await first.run("up");
    expect(failed.ok).toBe(false);
    expect(failed.errors.join("\n")).toMatch(/found: +Cloudflare answers 503/);
    first.withWorld((world) => {
      for (const [id] of [...faults(world)]) faults(world).delete(id);
    });
    await first.up({ hostnames: ["app.example.com", "c.example.com"] });
    expect(refs()).toEqual(["by-hand", "test:sni_0", "beside:sni_0"]);
    expect([rules()[0], rules()[2]]).toEqual([byHand, before[2]]);
    await first.up();
    expect(rules()).toEqual(before);
  });

  test("gets a rule back that somebody disabled, without a refresh, and the preview says which one", async () => {
    const before = rules();
    edit((all) => all.map((rule) => (rule.ref.endsWith("_sni_0") ? { ...rule, enabled: false } : rule)));
    const preview = await first.run("preview");
    expect(preview.steps.map(({ op, name }) => `${op} ${name}`)).toEqual(["update example.com-origin-rules"]);
    expect(preview.warnings).toEqual([
      "example.com-origin-rules: rule sni_0 was changed by somebody else (enabled); the update changes it back",
    ]);
    expect(await first.up()).toEqual(["update ZoneRules example.com-origin-rules"]);
    expect(await second.up()).toEqual(["update ZoneRules example.com-origin-rules"]);
    expect(rules()).toEqual(before);
  });

  test("a refresh finds a deleted rule, and the next update creates it", async () => {
    edit((all) => all.filter(({ ref }) => !ref.startsWith("tailnet_edge_test")));
    const refreshed = await first.run("refresh");
    expect(refreshed.steps.map(({ op, name }) => `${op} ${name}`)).toEqual([
      "delete example.com-origin-rules",
    ]);
    expect(await first.up()).toContain("create ZoneRules example.com-origin-rules");
    expect(refs()).toEqual(["by-hand", "beside:sni_0", "test:sni_0"]);
  });

  test("refuses rules of the stack that its state does not know, before anything is written", async () => {
    const restore = first.snapshot();
    edit((all) => all.map((rule) => ({ ...rule, description: `${rule.description ?? ""} edited` })));
    forgetState(first);
    const before = first.withWorld(callCounts);
    const { ok, errors } = await first.run("preview");
    expect(ok).toBe(false);
    expect(errors.join("\n")).toMatch(
      /on a rule that is not in the stack's state[^]*fix: +if the rule is this stack's, import it/,
    );
    const calls = Object.entries(first.withWorld(callCounts)).filter(
      ([name, count]) => count !== before[name],
    );
    expect(calls.filter(([name]) => !name.includes(" GET "))).toEqual([]);
    restore();
  });

  test("keeps the rules of others when a stack is destroyed", async () => {
    const before = rules();
    expect(refs()).toEqual(["by-hand", "beside:sni_0", "test:sni_0"]);
    expect((await first.run("destroy")).ok).toBe(true);
    expect(rules()).toEqual(before.slice(0, 2));
    expect(await second.up()).toEqual([]);
  });
});
