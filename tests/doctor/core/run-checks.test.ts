import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { CAUSES } from "../../../doctor/core/causes.ts";
import { broken, type Check, ok, type Outcome, skipped, unknown } from "../../../doctor/core/check.ts";
import { type Result, verdictOf } from "../../../doctor/core/report.ts";
import { runChecks } from "../../../doctor/core/run-checks.ts";
import { statusError } from "../../../live/live-error.ts";

const check = (id: string, run: Check["run"], explainedBy: readonly string[] = []): Check => ({
  ...{ id, subject: id, title: `${id} works`, needs: `the permission of ${id}`, explainedBy, run },
  group: "control plane",
});
const ends = (id: string, outcome: Outcome, explainedBy?: readonly string[]) =>
  check(id, () => Promise.resolve(outcome), explainedBy);
const hangs = () => new Promise<never>(() => undefined);
async function results(checks: readonly Check[], limitMs?: number) {
  const reported: Omit<Result, "durationMs">[] = [];
  for await (const { durationMs, ...result } of runChecks(checks, limitMs)) {
    expect(durationMs).toBeGreaterThanOrEqual(0);
    reported.push(result);
  }
  return reported;
}

test("reports a check's question, answer, evidence and finding", async () => {
  expect(await results([ends("a", ok("seen")), ends("b", broken("name-taken", "found x-1"))])).toEqual([
    { id: "a", group: "control plane", subject: "a", title: "a works", status: "ok", evidence: "seen" },
    {
      ...{ id: "b", group: "control plane", subject: "b", title: "b works" },
      ...{ status: "broken", evidence: "found x-1" },
      finding: { cause: "name-taken", ...CAUSES["name-taken"] },
    },
  ]);
});

test("runs checks side by side, and yields in their order as soon as each has ended", async () => {
  const started: string[] = [];
  const gates = new Map(["a", "b", "c"].map((id) => [id, Promise.withResolvers<Outcome>()]));
  const gated = [...gates].map(([id, { promise }]) =>
    check(id, () => {
      started.push(id);
      return promise;
    }),
  );
  const run = runChecks(gated);
  gates.get("c")?.resolve(ok("c"));
  gates.get("a")?.resolve(ok("a"));
  expect((await run.next()).value).toMatchObject({ id: "a" });
  expect(started).toEqual(["a", "b", "c"]);
  gates.get("b")?.resolve(ok("b"));
  expect((await run.next()).value).toMatchObject({ id: "b" });
  expect((await run.next()).value).toMatchObject({ id: "c" });
});

test("runs at most 400 checks at once, and starts the next one when any has ended", async () => {
  const ids = Array.from({ length: 402 }, (_, index) => `c${index}`);
  const started: string[] = [];
  const gates = new Map(ids.map((id) => [id, Promise.withResolvers<Outcome>()]));
  const run = results(
    [...gates].map(([id, { promise }]) =>
      check(id, () => {
        started.push(id);
        return promise;
      }),
    ),
  );
  await setImmediate();
  expect(started).toEqual(ids.slice(0, 400));
  gates.get("c7")?.resolve(ok("seen"));
  await setImmediate();
  expect(started).toEqual(ids.slice(0, 401));
  for (const { resolve } of gates.values()) resolve(ok("seen"));
  expect((await run).map(({ id }) => id)).toEqual(ids);
});

test("a check that hangs is unknown after the time limit, and its signal is aborted; the others go on", async () => {
  let signal: AbortSignal | undefined;
  const hung = check("hung", (given) => {
    signal = given;
    return hangs();
  });
  expect(await results([hung, ends("next", ok("seen"))], 20)).toMatchObject([
    {
      id: "hung",
      status: "unknown",
      evidence: expect.stringContaining("no answer within 0.02 seconds") as string,
    },
    { id: "next", status: "ok" },
  ]);
  expect(signal?.aborted).toBe(true);
});

test("a check without its permission says which, and one that fails itself hides no other", async () => {
  const denied = statusError(
    { subject: "zone example.com", permission: "the permission Zone Read" },
    "Cloudflare",
    403,
    "",
  );
  const checks = [
    check("denied", () => Promise.reject(denied)),
    check("faulty", () => Promise.reject(new TypeError("x is undefined"))),
    ends("next", ok("seen")),
  ];
  expect((await results(checks)).map(({ status, evidence }) => `${status}: ${evidence}`)).toEqual([
    "unknown: zone example.com: Cloudflare answers 403; fix: give the credential for Cloudflare the permission Zone Read",
    "unknown: the check itself failed: x is undefined",
    "ok: seen",
  ]);
});

test("a consequence names the root, and has no finding of its own", async () => {
  const reported = await results([
    ends("root", broken("name-taken", "root"), ["absent"]),
    ends("unsure", unknown("cannot tell")),
    ends("healthy", ok("fine"), ["root"]),
    ends("middle", broken("name-taken", "middle"), ["unsure", "root"]),
    ends("far", broken("name-taken", "far"), ["middle"]),
    ends("blind", unknown("cannot tell"), ["healthy", "middle"]),
    ends("left out", skipped("not a client"), ["root"]),
    ends("own", broken("name-taken", "own"), ["healthy", "unsure"]),
  ]);
  expect(reported.map(({ id, consequenceOf, finding }) => [id, consequenceOf, finding?.cause])).toEqual([
    ["root", undefined, "name-taken"],
    ["unsure", undefined, undefined],
    ["healthy", undefined, undefined],
    ["middle", "root", undefined],
    ["far", "root", undefined],
    ["blind", "root", undefined],
    ["left out", undefined, undefined],
    ["own", undefined, "name-taken"],
  ]);
});

test("an ID used twice, and a check before the one that explains it, are faults of the program", async () => {
  const twice = [ends("a", ok("")), ends("a", ok(""))];
  await expect(results(twice)).rejects.toThrow("two checks have the same ID");
  const circle = [ends("a", ok(""), ["b"]), ends("b", ok(""), ["a"])];
  await expect(results(circle)).rejects.toThrow("check a must come after b, which explains it");
});

test("one broken check breaks the verdict; one unknown check, or no answer at all, leaves it unknown", () => {
  const of = (...statuses: Outcome["status"][]) => verdictOf(statuses.map((status) => ({ status })));
  expect([of("ok"), of("unknown", "broken", "ok"), of("ok", "unknown"), of()]).toEqual([
    ...["healthy", "broken", "unknown", "unknown"],
  ]);
  expect([of("ok", "skipped"), of("broken", "skipped"), of("unknown", "skipped"), of("skipped")]).toEqual([
    ...["healthy", "broken", "unknown", "unknown"],
  ]);
});
