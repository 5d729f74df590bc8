import { expect, test } from "vitest";
import { addedHostnameDeviations, noOpDeviations } from "../../bench/sandbox-checks.ts";
import type { AddedHostname, Run } from "../../bench/sandbox-figures.ts";
import { nextHostname } from "../../bench/sandbox-programs.ts";
import { life } from "./sandbox-sample.ts";

const POST_RECORD = "cloudflare POST /zones/{zone}/dns_records";
const PATCH_RULE = "cloudflare PATCH /zones/{zone}/rulesets/{ruleset}/rules/{rule}";
const READ_RULES = "cloudflare GET /zones/{zone}/rulesets/phases/{phase}/entrypoint";
const reads = { "cloudflare GET /zones": 20, "kubernetes helm get": 1 };
const size = { hostnames: 1000, zones: 20 };

const noOp: Run = { seconds: 1, calls: reads, changes: [] };
const up: Run = {
  seconds: 1,
  calls: { ...reads, [POST_RECORD]: 1, [PATCH_RULE]: 3, [READ_RULES]: 3 },
  changes: [
    "create DnsRecord app50.zone0.example",
    "update ZoneRules zone0.example-configuration-rules",
    "update ZoneRules zone0.example-origin-rules",
    "update ZoneRules zone0.example-redirect-rules",
  ],
};

function faultsOf(changed: Partial<Run>): readonly string[] {
  const added: AddedHostname = { size, ...nextHostname(size), noOp, up: { ...up, ...changed } };
  return addedHostnameDeviations(added).map((deviation) =>
    deviation.replace("one more hostname at 1000 hostnames in 20 zones: ", ""),
  );
}

test("accepts one record and an update of the zone's three sets of rules for a hostname", () => {
  expect(faultsOf({})).toEqual([]);
});

test("reports every other change that the engine made, and every expected one that it did not", () => {
  const [record = "", ...rules] = up.changes;
  expect(faultsOf({ changes: [...up.changes, "update DnsRecord app0.zone0.example"] })).toEqual([
    "did update DnsRecord app0.zone0.example",
  ]);
  expect(faultsOf({ changes: [record] })).toEqual(rules.map((change) => `did not ${change}`));
});

test("reports every other call, including a second lookup of a zone", () => {
  expect(faultsOf({ calls: { ...up.calls, [PATCH_RULE]: 4 } })).toEqual([
    `made 4 calls of ${PATCH_RULE}, not 3`,
  ]);
  expect(faultsOf({ calls: { ...reads, [PATCH_RULE]: 3, [READ_RULES]: 3 } })).toEqual([
    `made 0 calls of ${POST_RECORD}, not 1`,
  ]);
  expect(faultsOf({ calls: { ...up.calls, "cloudflare GET /zones": 21 } })).toEqual([
    "made 1 calls of cloudflare GET /zones, not 0",
  ]);
});

test("accepts reads in a no-op up, and reports writes and changes", () => {
  const quiet = { ...life(1), "no-op up": noOp };
  const loud = {
    ...quiet,
    "no-op up": {
      seconds: 1,
      calls: { ...reads, "kubernetes helm upgrade": 1, "tailscale POST /tailnet/{tailnet}/acl": 2 },
      changes: ["update Acl tailnet-policy"],
    },
  };
  expect(noOpDeviations({ ...size, rounds: [{ ozilab: quiet, flat: quiet }] })).toEqual([]);
  const reported = [
    "did update Acl tailnet-policy",
    "made 1 calls of kubernetes helm upgrade",
    "made 2 calls of tailscale POST /tailnet/{tailnet}/acl",
  ];
  const rounds = [
    { ozilab: quiet, flat: loud },
    { ozilab: loud, flat: loud },
  ];
  expect(noOpDeviations({ ...size, rounds })).toEqual(
    ["flat", "ozilab"].flatMap((name) =>
      reported.map((what) => `no-op up of ${name} at 1000 hostnames in 20 zones: ${what}`),
    ),
  );
});
