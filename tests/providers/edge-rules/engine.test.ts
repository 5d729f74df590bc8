import { secret } from "@pulumi/pulumi";
import { afterAll, beforeEach, expect, test } from "vitest";
import { ZoneRules } from "../../../providers/edge-rules/zone-rules.ts";
import { rulesets, type StoredRule } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { callCounts, injectFault } from "../../../sandbox/world/api.ts";
import { failuresOf, InlineProject, resource, stepsOf } from "../../sandbox/inline-project.ts";

/** What versions that owned the whole entry point left: the provider's resource, and its `ref`s. */
const RULES = "example.com-origin-rules";
const ZONE = "f".repeat(31) + "1";
const PHASE = "http_request_origin";
const sni = { sni: { value: "ozilab-edge.tail1234.ts.net" } };
const ruleOf = (hosts: string) => ({
  action: "route",
  expression: `http.host in {${hosts}}`,
  actionParameters: sni,
  description: "SNI of the Funnel, Host kept",
});
const former = (hosts: string) => ({ ...ruleOf(hosts), ref: "tailnet_edge_sni_0" });
const wanted = (hosts: string) => ({ zoneId: ZONE, phase: PHASE, rules: { sni_0: ruleOf(hosts) } });

const project = await InlineProject.create();
afterAll(() => project.remove());

beforeEach(async () => {
  project.reset({ zones: [{ name: "example.com" }] });
  const up = await project.up(() => {
    resource("cloudflare:index/ruleset:Ruleset", RULES, {
      zoneId: ZONE,
      kind: "zone",
      phase: PHASE,
      name: "default",
      rules: [former('"app.example.com"')],
    });
  });
  expect(failuresOf(up)).toEqual([]);
});

const upToday = (hosts: string, operation?: "preview") =>
  project.up(
    () => {
      new ZoneRules(RULES, wanted(hosts), { aliases: [{ type: "cloudflare:index/ruleset:Ruleset" }] });
    },
    {},
    operation,
  );

const liveRules = (): readonly StoredRule[] =>
  project.session.withWorld((world) => rulesets(world).values()).flatMap(({ rules }) => rules);

test("an entry point of an earlier version is taken over in place: new rule first, old one last", async () => {
  const before = project.session.withWorld(callCounts);
  const preview = await upToday('"app.example.com"', "preview");
  expect([failuresOf(preview), stepsOf(preview)]).toEqual([[], [`update ${RULES}`]]);
  const up = await upToday('"app.example.com"');
  expect([failuresOf(up), stepsOf(up)]).toEqual([[], [`update ${RULES}`]]);
  expect(liveRules().map(({ ref, expression }) => [ref, expression])).toEqual([
    [expect.stringMatching(/^tailnet_edge_test[0-9a-f]{8}_sni_0$/), 'http.host in {"app.example.com"}'],
  ]);
  const after = project.session.withWorld(callCounts);
  const calls = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  expect(Object.fromEntries(calls.filter(([, count]) => count > 0))).toEqual({
    // One for the preview, and two for the update: before it writes, and after that.
    "cloudflare GET /zones/{zone}/rulesets/phases/{phase}/entrypoint": 3,
    "cloudflare POST /zones/{zone}/rulesets/{ruleset}/rules": 1,
    "cloudflare DELETE /zones/{zone}/rulesets/{ruleset}/rules/{rule}": 1,
  });
  expect(stepsOf(await upToday('"app.example.com"'))).toEqual([]);
  const change = await upToday('"app.example.com" "b.example.com"', "preview");
  expect(change.steps.map(({ op, changes }) => [op, changes])).toEqual([
    ["update", ["~rules.sni_0.expression"]],
  ]);
  const refreshed = await project.refresh();
  expect([failuresOf(refreshed), stepsOf(refreshed)]).toEqual([[], []]);
  const down = await project.destroy();
  expect([failuresOf(down), stepsOf(down)]).toEqual([[], [`delete ${RULES}`]]);
  expect(liveRules()).toEqual([]);
});

test("a creation that fails halfway is recorded, and the next up updates it", async () => {
  const phase = "http_config_settings";
  const rule = { ...ruleOf('"app.example.com"'), action: "set_config", actionParameters: { ssl: "strict" } };
  const byHand = { ...rule, id: "by-hand", ref: "by-hand", expression: 'http.host eq "old.example.com"' };
  project.session.withWorld((world) => {
    const set = { id: "e", zoneId: ZONE, kind: "zone", phase, name: "default", version: 1, rules: [byHand] };
    rulesets(world).set(`${ZONE}/e`, set);
    const operation = "cloudflare POST /zones/{zone}/rulesets/{ruleset}/rules";
    injectFault(world, { operation, after: 1, effect: { status: 400 } });
  });
  const program = () => {
    new ZoneRules("partly", { zoneId: ZONE, phase, rules: { tls_0: rule, tls_1: rule } });
  };
  const names = () =>
    liveRules().flatMap(({ ref }) => /^by-hand$|^tailnet_edge_test[0-9a-f]{8}_(.*)$/.exec(ref)?.[1] ?? []);
  const failed = await project.up(program);
  expect([failuresOf(failed), names()]).toEqual([
    [expect.stringContaining("Cloudflare answers 400")],
    ["tls_0"],
  ]);
  const up = await project.up(program);
  expect([failuresOf(up), stepsOf(up), names()]).toEqual([
    [],
    [`delete ${RULES}`, "update partly"],
    ["tls_0", "tls_1"],
  ]);
});

test("a secret in a rule is sent to Cloudflare, and is encrypted in the state and hidden in what is printed", async () => {
  const value = "a-secret-header-value";
  const program = () => {
    new ZoneRules("secrets", {
      zoneId: ZONE,
      phase: "http_request_late_transform",
      rules: {
        header: {
          ...ruleOf('"app.example.com"'),
          action: "rewrite",
          actionParameters: { headers: { "x-secret": { operation: "set", value: secret(value) } } },
        },
      },
    });
  };
  const up = await project.up(program);
  expect(failuresOf(up)).toEqual([]);
  expect(JSON.stringify(liveRules())).toContain(value);
  const refreshed = await project.refresh();
  expect([failuresOf(refreshed), stepsOf(refreshed)]).toEqual([[], []]);
  expect(stepsOf(await project.up(program))).toEqual([]);
  expect([up.log, refreshed.log, project.session.stateText()].join()).not.toContain(value);
});
