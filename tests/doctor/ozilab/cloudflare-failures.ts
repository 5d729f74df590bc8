import { changeZoneEdge } from "../../../sandbox/providers/cloudflare/zone-edge.ts";
import { zones } from "../../../sandbox/providers/cloudflare/zones.ts";
import {
  addRule,
  all,
  changeRecord,
  changeRules,
  changeZone,
  CONFIG,
  ORIGIN,
  REDIRECT,
  type WorldChange,
  zone,
} from "../world-changes.ts";

export const HOST = "app.example.com";
const ZONE = "zone/example.com";
const PLAN = "plan/example.com";

/** What is changed, and every check that is then not ok. */
export const FAILURES: readonly (readonly [string, WorldChange, readonly string[]])[] = [
  ["the zone is paused", changeZone({ paused: true }), [`${ZONE}: zone-paused`]],
  ["the zone is pending", changeZone({ status: "pending" }), [`${ZONE}: zone-not-active`]],
  [
    "the zone is deleted",
    (world) => {
      zones(world).delete(zone(world).id);
    },
    noZone(),
  ],
  ["the plan has no SNI override", changeZone({ plan: "business" }), [`${PLAN}: plan-without-sni-override`]],
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
  return [
    `${ZONE}: zone-missing`,
    `${PLAN}: because of ${ZONE}`,
    ...others.map((kind) => `${kind}/${HOST}: because of ${ZONE}`),
  ];
}

/** Two failures at once, and every check that is then not ok, sorted. Two findings of one check are two states of one part. */
export function failurePairs(): readonly (readonly [string, string, WorldChange, readonly string[]])[] {
  // Without the zone, nothing else is left to fail.
  const failures = FAILURES.filter(([, , [root]]) => root !== `${ZONE}: zone-missing`);
  return failures.flatMap(([one, first, [cause = ""]], index) =>
    failures.slice(index + 1).flatMap(([other, second, [otherCause = ""]]) => {
      const causes = [cause, otherCause];
      if (checkOf(cause) === checkOf(otherCause)) return [];
      return [[one, other, all(first, second), causes.map((own) => beside(own, causes)).sort()] as const];
    }),
  );
}

/** A zone that fails explains all its failures, and a plan the one of the SNI. */
function beside(cause: string, causes: readonly string[]): string {
  const check = checkOf(cause);
  const isBroken = (other: string) => other !== check && causes.map(checkOf).includes(other);
  if (isBroken(ZONE)) return `${check}: because of ${ZONE}`;
  return check === `sni/${HOST}` && isBroken(PLAN) ? `${check}: because of ${PLAN}` : cause;
}

function checkOf(cause: string): string {
  return cause.split(": ")[0] ?? "";
}
