import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findEngine } from "../../../sandbox/engine/find-engine.ts";
import { type RehearsalOptions, rehearse, STARTS } from "../../../sandbox/rehearse/rehearse.ts";
import { runbookBlocks, type RunbookStep } from "../../../sandbox/rehearse/runbook.ts";

const engine = await findEngine();

function run(stack: string, start: RehearsalOptions["start"], block?: readonly RunbookStep[]) {
  const folder = mkdtempSync(join(tmpdir(), "rehearse-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return rehearse({ engine, stack, start, folder, ...(block && { block }) });
}

test.each(
  STARTS.flatMap((start) => ["ozilab", "tazlab"].map((stack) => [start.title, stack, start] as const)),
)("%s: the runbook restores %s, and touches nothing of others", async (_, stack, start) => {
  const { steps, differences, touched } = await run(stack, start);
  expect({ differences, touched }).toEqual({ differences: [], touched: [] });
  expect(steps.at(-1)?.text).toBe(`pulumi preview --expect-no-changes --stack ${stack}`);
  // The objective is 15 to 30 minutes on real systems. Here nothing waits, so a restore is far below it.
  expect(steps.reduce((sum, { milliseconds }) => sum + milliseconds, 0)).toBeLessThan(15 * 60_000);
});

/** The runbook's commands for a lost cluster, without what a person does in between. */
const [forget, refresh, up] = (runbookBlocks().get("cluster-lost") ?? []).filter(
  ({ kind }) => kind === "command",
) as [RunbookStep, RunbookStep, RunbookStep];

test("a restore that forgets the old machines is noticed: the names have a suffix", async () => {
  const [start] = STARTS;
  const { differences } = await run("ozilab", start, [forget, refresh, up]);
  expect(differences).toContain(
    "before: https://app.example.com: answers through ozilab-edge.tail1234.ts.net",
  );
  expect(differences).toContain(
    "after: https://app.example.com: answers through ozilab-edge-1.tail1234.ts.net",
  );
});

test("a restore that stops before the up is noticed", async () => {
  const [start] = STARTS;
  const { differences } = await run("ozilab", start, [forget, refresh]);
  expect(differences).toContain("after: https://app.example.com: no Funnel ozilab-edge.tail1234.ts.net");
});

test("a restore that keeps the lost cluster in the state ends at its first command", async () => {
  const [start] = STARTS;
  await expect(run("ozilab", start, [refresh])).rejects.toThrow("found:   another cluster, with the UID");
});

test("a command that fails ends the rehearsal with its output", async () => {
  const [start] = STARTS;
  await expect(
    run("ozilab", start, [{ kind: "command", text: "pulumi up --yes --stack nowhere" }]),
  ).rejects.toThrow("no stack named 'nowhere' found");
});

test("a console step that nobody has modelled ends the rehearsal", async () => {
  const [start] = STARTS;
  await expect(run("ozilab", start, [{ kind: "console", text: "hope" }])).rejects.toThrow(
    "console step: hope",
  );
});
