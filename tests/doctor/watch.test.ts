import { expect, test } from "vitest";
import { broken, type Check, ok, type Outcome } from "../../doctor/core/check.ts";
import { Printer } from "../../doctor/report/printer.ts";
import { watch } from "../../doctor/watch.ts";

const check = (id: string, outcome: Outcome): Check => ({
  ...{ id, group: "cloudflare", subject: id, title: "works", explainedBy: [], needs: "" },
  run: () => Promise.resolve(outcome),
});

test("prints the first run whole, then only what changes, until it is interrupted", async () => {
  const runs = [
    [ok("1 day left"), broken("zone-paused", "paused")],
    [ok("0 days left"), broken("zone-paused", "paused")],
    [ok("0 days left"), ok("active")],
  ].map(([first, second]) => [check("a", first as Outcome), check("b", second as Outcome)]);
  const interrupted = new AbortController();
  let text = "";
  const output = { write: (part: string) => (text += part) };
  let run = 0;
  const pause = () => {
    text += "(pause)\n";
    run += 1;
    if (run === runs.length) interrupted.abort();
    return Promise.resolve();
  };
  const printer = new Printer(output, (_, plain) => plain);
  const last = await watch("ozilab", () => runs[run] ?? [], printer, pause, interrupted.signal);

  expect(last.verdict).toBe("healthy");
  const [first, second, third, end] = text.split("(pause)\n");
  expect(first).toContain("cloudflare\n  ✓ a: works\n      1 day left\n  ✗ b: works\n      paused\n");
  expect(first).toMatch(/ozilab: broken \(1 ok, 1 broken, 0 unknown\)\n$/);
  expect(second).toBe("");
  expect(third).toBe(
    `\n${last.finishedAt}\ncloudflare\n  ✓ b: works\n      active\n\nozilab: healthy (2 ok, 0 broken, 0 unknown)\n`,
  );
  expect(end).toBe("");
});
