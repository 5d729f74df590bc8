import { expect, test } from "vitest";
import { addedHostnameFaults, noOpFaults } from "../../bench/sandbox-checks.ts";
import type { AddedHostname, Run } from "../../bench/sandbox-figures.ts";
import { nextHostname } from "../../bench/sandbox-programs.ts";
import { life } from "./sandbox-sample.ts";

const POST_RECORD = "cloudflare POST /zones/{zone}/dns_records";
const PUT_RULESET = "cloudflare PUT /zones/{zone}/rulesets/{ruleset}";
const reads = { "cloudflare GET /zones": 20, "kubernetes helm get": 1 };
const size = { hostnames: 1000, zones: 20 };

const noOp: Run = { seconds: 1, calls: reads, changes: [] };
const up: Run = {
  seconds: 1,
  calls: { ...reads, [POST_RECORD]: 1, [PUT_RULESET]: 2 },
  changes: [
    "create DnsRecord app50.zone0.example",
    "update Ruleset zone0.example-configuration-rules",
    "update Ruleset zone0.example-origin-rules",
  ],
};

function faultsOf(changed: Partial<Run>): readonly string[] {
  const added: AddedHostname = { size, ...nextHostname(size), noOp, up: { ...up, ...changed } };
  return addedHostnameFaults(added).map((fault) =>
    fault.replace("one more hostname at 1000 hostnames in 20 zones: ", ""),
  );
}

test("one record and the zone's two rulesets are what a hostname may cost", () => {
  expect(faultsOf({})).toEqual([]);
});

test("whatever else the engine did or left undone is told", () => {
  const [record = "", ...rulesets] = up.changes;
  expect(faultsOf({ changes: [...up.changes, "update DnsRecord app0.zone0.example"] })).toEqual([
    "did update DnsRecord app0.zone0.example",
  ]);
  expect(faultsOf({ changes: [record] })).toEqual(rulesets.map((change) => `did not ${change}`));
});

test("whatever else was called is told, a second look at a zone among it", () => {
  expect(faultsOf({ calls: { ...up.calls, [PUT_RULESET]: 4 } })).toEqual([
    `made 4 calls of ${PUT_RULESET}, not 2`,
  ]);
  expect(faultsOf({ calls: { ...reads, [PUT_RULESET]: 2 } })).toEqual([
    `made 0 calls of ${POST_RECORD}, not 1`,
  ]);
  expect(faultsOf({ calls: { ...up.calls, "cloudflare GET /zones": 21 } })).toEqual([
    "made 1 calls of cloudflare GET /zones, not 0",
  ]);
});

test("an up with nothing to do may read, and neither write nor change", () => {
  const quiet = { ...life(1), "no-op up": noOp };
  const loud = {
    ...quiet,
    "no-op up": {
      seconds: 1,
      calls: { ...reads, "kubernetes helm upgrade": 1, "tailscale POST /tailnet/{tailnet}/acl": 2 },
      changes: ["update Acl tailnet-policy"],
    },
  };
  expect(noOpFaults({ ...size, rounds: [{ ozilab: quiet, flat: quiet }] })).toEqual([]);
  const told = [
    "did update Acl tailnet-policy",
    "made 1 calls of kubernetes helm upgrade",
    "made 2 calls of tailscale POST /tailnet/{tailnet}/acl",
  ];
  const rounds = [
    { ozilab: quiet, flat: loud },
    { ozilab: loud, flat: loud },
  ];
  expect(noOpFaults({ ...size, rounds })).toEqual(
    ["flat", "ozilab"].flatMap((way) =>
      told.map((what) => `no-op up of ${way} at 1000 hostnames in 20 zones: ${what}`),
    ),
  );
});
