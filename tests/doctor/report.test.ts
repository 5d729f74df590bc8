import { expect, test } from "vitest";
import { ok, type Outcome, skipped, unknown } from "../../doctor/core/check.ts";
import { paintFor } from "../../doctor/report/paint.ts";
import { resultLine, summary } from "../../doctor/report/render-text.ts";
import { reportOf } from "./page/sample-report.ts";

const plain = (_: string, text: string) => text;
const report = (...outcomes: readonly Outcome[]) =>
  reportOf(
    outcomes.map((outcome, index) => ({
      ...{ id: `check-${index}`, group: "private services", subject: "home", title: "answers", outcome },
    })),
  );

test("a skipped check has a sign and a count of its own, and leaves the rest healthy", async () => {
  const healthy = await report(ok("200"), skipped("only a client can tell: tag:tazpod"));
  expect(healthy.results.map((result) => resultLine(result, plain))).toEqual([
    "  ✓ home: answers\n      200",
    "  - home: answers\n      only a client can tell: tag:tazpod",
  ]);
  expect(summary(healthy, plain)).toBe("\nozilab: healthy (1 ok, 0 broken, 0 unknown, 1 skipped)");
  expect(summary(await report(ok("200"), unknown("no answer")), plain)).toBe(
    "\nozilab: some checks could not tell (1 ok, 0 broken, 1 unknown)",
  );
});

test("colours a terminal, unless NO_COLOR is set to a text, and nothing else", () => {
  const painted = (isTTY: boolean | undefined, environment: NodeJS.ProcessEnv) =>
    paintFor(isTTY === undefined ? {} : { isTTY }, environment)("green", "ok") !== "ok";
  expect([painted(true, {}), painted(true, { NO_COLOR: "" })]).toEqual([true, true]);
  expect([painted(true, { NO_COLOR: "1" }), painted(true, { NO_COLOR: "x" })]).toEqual([false, false]);
  expect([painted(false, {}), painted(undefined, {}), painted(false, { NO_COLOR: "1" })]).toEqual([
    ...[false, false, false],
  ]);
});
