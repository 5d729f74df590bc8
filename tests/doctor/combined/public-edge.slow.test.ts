import { afterAll, beforeAll, expect, test } from "vitest";
import type { Target } from "../../../doctor/target/target.ts";
import { changeZoneEdge } from "../../../sandbox/providers/cloudflare/zone-edge.ts";
import { startLab } from "../../../tools/edge-lab/lab.ts";
import { networkOf } from "../../../tools/edge-lab/network.ts";
import { FUNNEL, HEALTHY, HOST, type LabSettings, ZONE } from "../../../tools/edge-lab/settings.ts";
import { type SharedParts, startSharedParts } from "../../../tools/edge-lab/shared.ts";
import { locked, overWorker } from "../adjust-target.ts";
import { certificate, loseProxy, noFunnel, podSecurity, takeName } from "../ozilab/operator-changes.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "../sandbox-doctor.ts";
import {
  addRule,
  all,
  changeRecord,
  changeRules,
  changeZone,
  CONFIG,
  ORIGIN,
  type WorldChange,
  zone,
} from "../world-changes.ts";
import { connectionRoots, findings } from "./findings.ts";

let doctor: SandboxDoctor;
let shared: SharedParts;
beforeAll(async () => {
  doctor = await sandboxDoctor("ozilab");
  shared = await startSharedParts();
});
afterAll(async () => {
  await shared.stop();
  await doctor.remove();
});

const OLD_NAME = "old-edge.tail1234.ts.net";

interface Failure {
  /** What the APIs say. */
  readonly world: WorldChange;
  /** What connections then show. */
  readonly path: Partial<LabSettings>;
  readonly adjust?: (target: Target) => Target;
}

/** What is wrong, and the only check that has a finding. */
const CASES: readonly (readonly [string, string, Failure])[] = [
  [
    "the policy lacks the nodeAttr",
    "policy/funnel: funnel-not-allowed",
    { world: noFunnel, path: { isFunnelPublic: false } },
  ],
  [
    "Pod Security refuses the proxy's pod",
    `name/${FUNNEL}: pod-security-refused`,
    { world: all(podSecurity("restricted"), loseProxy), path: { relayServes: "nothing" } },
  ],
  [
    "another machine has the Funnel's name",
    `name/${FUNNEL}: name-taken`,
    { world: takeName, path: { relayServes: "nothing" } },
  ],
  [
    "another machine has the Funnel's name, and Cloudflare has an older one",
    `name/${FUNNEL}: name-taken`,
    {
      world: all(
        takeName,
        changeRecord({ content: OLD_NAME }),
        addRule(ORIGIN, { sni: { value: OLD_NAME } }),
      ),
      path: { relayServes: "nothing" },
    },
  ],
  [
    "the certificate has expired, so Cloudflare answers 526",
    `certificate/${FUNNEL}: certificate-expires`,
    { world: certificate(-3), path: { funnelCertificate: "expired" } },
  ],
  [
    "the certificate is not renewed",
    `certificate/${FUNNEL}: certificate-expires`,
    { world: certificate(3), path: { funnelCertificate: "expires soon" } },
  ],
  [
    "the zone is paused, so DNS leads to the Funnel",
    `zone/${ZONE}: zone-paused`,
    { world: changeZone({ paused: true }), path: { record: "DNS only" } },
  ],
  [
    "the registrar does not name Cloudflare's servers",
    `zone/${ZONE}: zone-not-active`,
    { world: changeZone({ status: "pending" }), path: { isDelegated: false } },
  ],
  [
    "the plan has no SNI override, so Cloudflare answers 525",
    `plan/${ZONE}: plan-without-sni-override`,
    { world: changeZone({ plan: "business" }), path: { sni: "hostname" } },
  ],
  [
    "no edge certificate covers the hostname",
    `edge-certificate/${HOST}: edge-certificate-missing`,
    {
      world: (world) => {
        changeZoneEdge(world, zone(world), { certificates: [] });
      },
      path: { edgeCertificate: "missing" },
    },
  ],
  [
    "the record is deleted",
    `record/${HOST}: record-missing`,
    { world: changeRecord(undefined), path: { record: "missing" } },
  ],
  [
    "the record is not proxied",
    `record/${HOST}: record-not-proxied`,
    { world: changeRecord({ proxied: false }), path: { record: "DNS only" } },
  ],
  [
    "the record points at a name that is gone, so Cloudflare answers 1016",
    `record/${HOST}: record-elsewhere`,
    { world: changeRecord({ content: OLD_NAME }), path: { target: "old name" } },
  ],
  [
    "the SNI rule is deleted, so Cloudflare answers 525",
    `sni/${HOST}: sni-rule-missing`,
    { world: changeRules(ORIGIN, () => []), path: { sni: "hostname" } },
  ],
  [
    "a rule sets the TLS mode Flexible, so Cloudflare answers 521",
    `strict-tls/${HOST}: tls-mode-overridden`,
    { world: addRule(CONFIG, { ssl: "flexible" }), path: { tlsMode: "flexible" } },
  ],
  [
    "a rule replaces the Host",
    `host-header/${HOST}: host-overridden`,
    { world: addRule(ORIGIN, { host_header: FUNNEL }), path: { hostHeader: "funnel" } },
  ],
  [
    "the rule of the origin lock is missing",
    `lock-header/${HOST}: lock-rule-missing`,
    { world: () => undefined, path: { originLock: "without the rule at Cloudflare" }, adjust: locked },
  ],
  [
    "the Worker and its route are missing, so Cloudflare answers 525",
    "worker: worker-missing",
    { world: changeRules(ORIGIN, () => []), path: { sni: "hostname" }, adjust: overWorker },
  ],
];

async function diagnose({ world, path, adjust }: Failure) {
  const lab = await startLab(shared, { ...HEALTHY, ...path });
  try {
    return await doctor.diagnose(world, {
      network: networkOf(lab.places),
      ...(adjust !== undefined && { adjust }),
    });
  } finally {
    await lab.stop();
  }
}

test("a healthy ozilab is healthy, from the operator's credential to the answer of the application", async () => {
  const report = await diagnose({ world: () => undefined, path: {} });
  expect(notOk(report)).toEqual([]);
  expect(report.verdict).toBe("healthy");
  expect(report.results).toHaveLength(34);
});

test.each(CASES)("if %s, the only finding is %s", async (_, finding, failure) => {
  const report = await diagnose(failure);
  expect(findings(report), notOk(report).join("\n")).toEqual([finding]);
  expect(connectionRoots(report)).toEqual([finding.split(": ")[0]]);
});
