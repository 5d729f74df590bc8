import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rulesets } from "../../../sandbox/providers/cloudflare/entry-points.ts";
import { incidents } from "../../../sandbox/providers/incidents.ts";
import { objects } from "../../../sandbox/providers/kubernetes/api-server/objects.ts";
import type { Operation } from "../../../sandbox/session/run.ts";
import { type Fault, faults, injectFault } from "../../../sandbox/world/api.ts";
import { afterEachCall } from "./after-each-call.ts";
import { containsSecret, filesContaining } from "./leaks.ts";
import { acceptedSecrets, boundSecret, isRefused, sentSecret } from "./lock-state.ts";
import { type OzilabChanges, ozilabConfig } from "./ozilab-config.ts";
import { RealProject, stepsInOrder } from "./real-project.ts";

const APP = "app.example.com";
const API = "api.example.org";
/** Two zones, the second one with a Worker that keeps connections. */
const EDGE = {
  zones: ["example.com", "example.org"],
  hostnames: [APP, { host: API, via: "worker" }],
  worker: { connections: "pooled" },
};
/** Calls that others must wait for; the delay reveals one that does not wait. */
const SLOW = ["cloudflare P", "kubernetes P"];
/** Every secret that was sent or accepted after a call. */
const secrets = new Set<string>();

let project: RealProject<OzilabChanges>;

const locked = (settings: object = {}) => ({ ...EDGE, originLock: settings });

/** Runs an operation, and checks after each API call that no visitor gets a 403. @returns whether the run succeeded */
async function run(operation: Operation, changes: Partial<OzilabChanges>, fault?: Fault) {
  project.configure(changes);
  const running = project.withWorld((world) => acceptedSecrets(world));
  for (const secret of running ?? []) secrets.add(secret);
  project.withWorld((world) => {
    // The first fault of a call counts.
    if (fault) injectFault(world, fault);
    for (const slow of SLOW) injectFault(world, { operation: slow, times: 40, effect: { slowMs: 40 } });
  });
  const refused: string[] = [];
  const result = await afterEachCall(
    project,
    async () => await project.run(operation),
    ({ operation: call, world }) => {
      for (const secret of acceptedSecrets(world) ?? []) secrets.add(secret);
      for (const host of [APP, API]) if (isRefused(world, host)) refused.push(`${host}: ${call}`);
    },
  );
  project.withWorld((world) => {
    for (const [id] of [...faults(world)]) faults(world).delete(id);
  });
  expect(refused).toEqual([]);
  return result;
}

/** @returns the steps in order of execution, without other parts of the stack */
async function up(changes: Partial<OzilabChanges>) {
  const result = await run("up", changes);
  expect(result.errors).toEqual([]);
  return stepsInOrder(result);
}

const state = () =>
  project.withWorld((world) => ({
    accepted: acceptedSecrets(world),
    sent: [APP, API].map((host) => sentSecret(world, host)),
  }));

beforeAll(async () => {
  project = await RealProject.create({
    configOf: ozilabConfig,
    prerequisites: { zones: EDGE.zones.map((name) => ({ name })) },
  });
  await up(locked());
});

afterAll(async () => {
  await project.remove();
});

/** One lifecycle: each test starts where the previous one ended. */
test("a new stack sends one secret from both zones and both scripts, and Traefik demands it", () => {
  const { accepted, sent } = state();
  expect(accepted).toHaveLength(1);
  expect(sent).toEqual([accepted?.[0], accepted?.[0]]);
  expect(project.withWorld((world) => boundSecret(world, "ozilab-edge-pool"))).toBe(accepted?.[0]);
});

describe("a rotation", () => {
  test("accepts both secrets, waits, and then sends the new one", async () => {
    const [old = ""] = state().accepted ?? [];
    const started = Date.now();
    const steps = await up(locked({ serial: 2 }));
    // Traefik takes a while to load a changed router.
    expect(Date.now() - started).toBeGreaterThan(5000);
    expect(steps.slice(0, 2)).toEqual([
      "create RandomBytes origin-lock-2",
      "create IngressRoutePatch origin-lock-accepted",
    ]);
    expect(steps.slice(2, -1).toSorted()).toEqual([
      "update WorkersScript edge-worker-pool-script",
      "update WorkersScript edge-worker-script",
      "update ZoneRules example.com-lock-rules",
      "update ZoneRules example.org-lock-rules",
    ]);
    expect(steps.at(-1)).toBe("update IngressRoute traefik-lock");
    const { accepted, sent } = state();
    expect(accepted).toEqual([sent[0], old]);
    expect(sent[1]).toBe(sent[0]);
  });

  test("right after it accepts the secret that was sent before", async () => {
    const second = state().sent[0];
    await up(locked({ serial: 3 }));
    expect(state().accepted).toEqual([state().sent[0], second]);
  });

  test("ends in the next update, which drops the old secret", async () => {
    const { sent } = state();
    expect((await up(locked({ serial: 3 }))).toSorted()).toEqual([
      "delete IngressRoutePatch origin-lock-accepted",
      "delete RandomBytes origin-lock-2",
      "update IngressRoute traefik-lock",
    ]);
    expect(state()).toEqual({ accepted: [sent[0]], sent });
  });

  test.each([
    ["the rules", 4, "cloudflare PATCH /zones/{zone}/rulesets"],
    ["the Worker", 5, "cloudflare PUT /accounts"],
  ])("that failed at %s is completed by the next update", async (_, serial, operation) => {
    const failed = await run("up", locked({ serial }), { operation, times: 12, effect: { status: 400 } });
    expect(failed.ok).toBe(false);
    await up(locked({ serial }));
    expect(state().accepted).toHaveLength(2);
  });
});

test("turning it off right after a rotation first deletes the router, and in the next update the rest", async () => {
  const { sent } = state();
  const first = await up(EDGE);
  expect(first.toSorted()).toEqual([
    "delete IngressRoute traefik-lock",
    "delete IngressRoutePatch origin-lock-accepted",
    "delete Middleware traefik-lock-refuse",
    "delete RandomBytes origin-lock-4",
  ]);
  expect(state()).toEqual({ accepted: undefined, sent });
  await up(EDGE);
  expect(state()).toEqual({ accepted: undefined, sent: [undefined, undefined] });
});

test("turning it on creates the router last", async () => {
  const steps = await up(locked());
  expect(steps.at(-1)).toBe("create IngressRoute traefik-lock");
  expect(state().accepted).toEqual([state().sent[0]]);
});

test("enforce: false sends the secret and demands nothing; a rotation then needs no patch", async () => {
  const off = await up(locked({ enforce: false }));
  expect(off.filter((step) => step.includes("IngressRoute"))).toEqual(["delete IngressRoute traefik-lock"]);
  const { accepted, sent } = state();
  expect(accepted).toBeUndefined();
  const rotated = await up(locked({ serial: 2 }));
  expect(rotated.filter((step) => step.includes("IngressRoute"))).toEqual([
    "create IngressRoute traefik-lock",
  ]);
  // A request that Cloudflare sent just before has the old secret.
  expect(state().accepted).toEqual([state().sent[0], sent[0]]);
});

test("hostnames change their via without a 403", async () => {
  const withVias = (app: unknown, api: unknown) => ({
    ...locked({ serial: 2 }),
    hostnames: [
      { host: APP, via: app },
      { host: API, via: api },
    ],
  });
  await up(withVias("worker", "origin-rule"));
  await up(withVias("cname-only", "worker"));
  expect(state().sent).toEqual([state().accepted?.[0], state().accepted?.[0]]);
});

test("destroy refuses nobody, and leaves nothing", async () => {
  const down = await run("destroy", locked({ serial: 2 }));
  expect([down.ok, down.errors]).toEqual([true, []]);
  project.withWorld((world) => {
    const left = objects(world)
      .values()
      .filter(({ apiVersion }) => apiVersion.startsWith("traefik.io/"));
    const rules = rulesets(world)
      .values()
      .flatMap((ruleset) => ruleset.rules);
    expect([left, rules, incidents(world).values()]).toEqual([[], [], []]);
  });
});

test("the secrets are in no output and in no file", () => {
  expect(secrets.size).toBeGreaterThan(5);
  expect(containsSecret(project.written, [...secrets])).toBe(false);
  expect(filesContaining([...secrets], project.sandbox)).toEqual([]);
  expect(project.written).toContain("IngressRoute");
});
