import { afterAll, beforeAll, expect, test } from "vitest";
import { createRuleset } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { locked, overWorker } from "../adjust-target.ts";
import { notOk, type SandboxDoctor, sandboxDoctor } from "../sandbox-doctor.ts";
import { addRule, all, changeRules, type WorldChange, zone } from "../world-changes.ts";
import { failurePairs, FAILURES, HOST } from "./cloudflare-failures.ts";

let doctor: SandboxDoctor;
beforeAll(async () => {
  doctor = await sandboxDoctor("ozilab");
});
afterAll(() => doctor.remove());

const TRANSFORM = "http_request_late_transform";

test.each(FAILURES)("%s", async (_, change, expected) => {
  expect(notOk(await doctor.diagnose(change))).toEqual(expected);
});

test("every two failures that are not two states of one part are a pair", () => {
  expect(failurePairs()).toHaveLength(143);
});

test.each(failurePairs())("tells apart: %s, and %s", async (_, __, change, expected) => {
  expect(notOk(await doctor.diagnose(change)).toSorted()).toEqual(expected);
});

test("a hostname with via worker needs the Worker and its route, and no origin rule", async () => {
  const { results } = await doctor.diagnose(undefined, { adjust: overWorker });
  const missing = ["worker: worker-missing", `worker-route/${HOST}: because of worker`];
  expect(notOk({ results })).toEqual(missing);
  expect(results.filter(({ id }) => /^(plan|sni|strict-tls)/.test(id))).toEqual([]);
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
