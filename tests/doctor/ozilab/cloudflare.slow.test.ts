import { afterAll, beforeAll, expect, test } from "vitest";
import type { Target } from "../../../doctor/target/target.ts";
import { createRuleset } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { changeZoneEdge } from "../../../sandbox/providers/cloudflare/zone-edge.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "../sandbox-doctor.ts";
import {
  addRule,
  all,
  changeRecord,
  changeRules,
  changeZone,
  type WorldChange,
  zone,
} from "../world-changes.ts";

let doctor: SandboxDoctor;
beforeAll(async () => {
  doctor = await sandboxDoctor("ozilab");
});
afterAll(() => doctor.remove());

const HOST = "app.example.com";
const ORIGIN = "http_request_origin";
const CONFIG = "http_config_settings";
const REDIRECT = "http_request_dynamic_redirect";
const TRANSFORM = "http_request_late_transform";

/** What is changed, and every check that is then not ok. */
const CASES: readonly (readonly [string, WorldChange, readonly string[]])[] = [
  ["the zone is paused", changeZone({ paused: true }), ["zone/example.com: zone-paused"]],
  ["the zone is pending", changeZone({ status: "pending" }), ["zone/example.com: zone-not-active"]],
  [
    "the zone is deleted",
    (world) => {
      zones(world).delete(zone(world).id);
    },
    noZone(),
  ],
  [
    "the plan has no SNI override",
    changeZone({ plan: "business" }),
    ["plan/example.com: plan-without-sni-override"],
  ],
  [
    "no certificate covers the hostname",
    (world) => {
      changeZoneEdge(world, zone(world), { certificates: [] });
    },
    [`edge-certificate/${HOST}: edge-certificate-missing`],
  ],
  [
    "the edge certificate is pending",
    (world) => {
      const certificates = [
        { type: "universal", hosts: [`*.example.com`], status: "pending_validation" },
      ] as const;
      changeZoneEdge(world, zone(world), { certificates });
    },
    [`edge-certificate/${HOST}: edge-certificate-pending`],
  ],
  ["the record is deleted", changeRecord(undefined), [`record/${HOST}: record-missing`]],
  ["the record is not proxied", changeRecord({ proxied: false }), [`record/${HOST}: record-not-proxied`]],
  [
    "the record points elsewhere",
    changeRecord({ content: "old.example.net" }),
    [`record/${HOST}: record-elsewhere`],
  ],
  ["the SNI rule is deleted", changeRules(ORIGIN, () => []), [`sni/${HOST}: sni-rule-missing`]],
  [
    "the SNI rule is disabled",
    changeRules(ORIGIN, (rules) => rules.map((rule) => ({ ...rule, enabled: false }))),
    [`sni/${HOST}: sni-rule-missing`],
  ],
  [
    "a later rule sets another SNI",
    addRule(ORIGIN, { sni: { value: "x.example.net" } }),
    [`sni/${HOST}: sni-overridden`],
  ],
  [
    "a rule replaces the Host",
    addRule(ORIGIN, { host_header: "x.example.net" }, "true"),
    [`host-header/${HOST}: host-overridden`],
  ],
  [
    "a rule changes the port",
    addRule(ORIGIN, { origin: { port: 8443 } }),
    [`origin/${HOST}: origin-overridden`],
  ],
  [
    "a Page Rule replaces the Host",
    (world) => {
      const actions = [{ id: "host_header_override", value: "x.example.net" }];
      changeZoneEdge(world, zone(world), { pageRules: [{ pattern: "*example.com/*", actions }] });
    },
    [`page-rules/${HOST}: host-overridden`],
  ],
  ["the TLS rule is deleted", changeRules(CONFIG, () => []), [`strict-tls/${HOST}: tls-not-strict`]],
  [
    "a later rule sets another TLS mode",
    addRule(CONFIG, { ssl: "flexible" }),
    [`strict-tls/${HOST}: tls-mode-overridden`],
  ],
  ["the redirect is deleted", changeRules(REDIRECT, () => []), [`redirect/${HOST}: redirect-missing`]],
  [
    "a rule redirects HTTPS elsewhere",
    addRule(REDIRECT, { from_value: { target_url: { value: "https://x.example.net" } } }),
    [`redirect/${HOST}: redirect-elsewhere`],
  ],
];

function noZone(): readonly string[] {
  const others = [
    "edge-certificate",
    "record",
    "sni",
    "host-header",
    "origin",
    "page-rules",
    "strict-tls",
    "redirect",
  ];
  const root = "zone/example.com";
  return [
    `${root}: zone-missing`,
    `plan/example.com: because of ${root}`,
    ...others.map((kind) => `${kind}/${HOST}: because of ${root}`),
  ];
}

test.each(CASES)("%s", async (_, change, expected) => {
  expect(notOk(await doctor.diagnose(change))).toEqual(expected);
});

test("a hostname with via worker needs the Worker and its route, and no origin rule", async () => {
  const adjust = (target: Target) => ({
    ...target,
    hosts: target.hosts.map((host) => ({ ...host, via: "worker" as const })),
  });
  const { results } = await doctor.diagnose(undefined, { adjust });
  const missing = ["worker: worker-missing", `worker-route/${HOST}: because of worker`];
  expect(notOk({ results })).toEqual(missing);
  expect(results.filter(({ id }) => /^(plan|sni|strict-tls)/.test(id))).toEqual([]);
});

/** As after an update with `originLock: true`. */
const locked = (target: Target) => ({
  ...target,
  outputs: { ...target.outputs, originLock: { serial: 1, enforced: true } },
});
const LOCK_SECRET = "5ec2e7";
const lockRule: WorldChange = (world) => {
  const header = { "tailnet-edge-lock": { operation: "set", value: LOCK_SECRET } };
  const ref = "tailnet_edge_ozilab5d41402a_lock_0";
  createRuleset(world, zone(world), {
    ...{ kind: "zone", phase: TRANSFORM, name: "default" },
    rules: [
      {
        action: "rewrite",
        expression: `http.host in {"${HOST}"}`,
        actionParameters: { headers: header },
        ref,
      },
    ],
  });
};

test.each([
  ["has its rule", lockRule, []],
  ["lacks its rule", () => undefined, [`lock-header/${HOST}: lock-rule-missing`]],
  [
    "has a disabled rule",
    all(
      lockRule,
      changeRules(TRANSFORM, (rules) => rules.map((rule) => ({ ...rule, enabled: false }))),
    ),
    [`lock-header/${HOST}: lock-rule-missing`],
  ],
  [
    "has a rule for another hostname",
    all(
      lockRule,
      changeRules(TRANSFORM, (rules) =>
        rules.map((rule) => ({ ...rule, expression: 'http.host in {"b.example.com"}' })),
      ),
    ),
    [`lock-header/${HOST}: lock-rule-missing`],
  ],
  [
    "has its rule, and a later one of others removes the header",
    all(lockRule, addRule(TRANSFORM, { headers: { "Tailnet-Edge-Lock": { operation: "remove" } } })),
    [`lock-header/${HOST}: lock-header-overridden`],
  ],
] satisfies readonly (readonly [string, WorldChange, readonly string[]])[])(
  "a stack with an origin lock %s",
  async (_, change, expected) => {
    const report = await doctor.diagnose(change, { adjust: locked });
    expect(notOk(report)).toEqual(expected);
    expect(JSON.stringify(report)).not.toContain(LOCK_SECRET);
  },
);
